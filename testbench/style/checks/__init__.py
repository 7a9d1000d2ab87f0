# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: 2026 The presil authors
"""The style checks: one module each, with `find(tree)` that yields its findings."""
