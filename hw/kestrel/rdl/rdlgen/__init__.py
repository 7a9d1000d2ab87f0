# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: 2026 The presil authors
"""Exporters over systemrdl-compiler; see ../generate."""
