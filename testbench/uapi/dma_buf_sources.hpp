// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors

/// \file
/// Buffers of others, as dma-bufs. Each ends the case as skipped when the kernel has no such thing.
#pragma once

#include <cstdint>

/// A dma-buf of vgem, DRM's virtual device. \returns its descriptor
int make_vgem_buffer(std::uint64_t size_bytes);

/// A dma-buf of udmabuf, over the pages of a memfd that is given back as well.
int make_udmabuf(std::uint64_t size_bytes, int& memfd);

/// A dma-buf of the system heap.
int make_heap_buffer(std::uint64_t size_bytes);
