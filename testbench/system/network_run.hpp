// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors

/// \file
/// NetworkRun: the committed networks and the test pictures, in a guest.
#pragma once

#include <string>
#include <vector>

#include "presil_run.hpp"
#include <nlohmann/json.hpp>

namespace presil::system {

/// The committed networks.
inline const std::vector<std::string> kNetworks{"fashion_cnn", "fashion_depthwise"};

/// A file of userspace/models/ in the checkout.
std::string model_file(const std::string& name);

/// Options of `presil run` that bring networks, what ONNX Runtime makes of the first 200 pictures,
/// pictures, labels and the classes' names into the guest's home.
std::vector<std::string> network_options(std::vector<std::string> options);

/// A line for the guest's shell: kestrel-run with a network and the first `count` test pictures.
/// \param more  further options of it
std::string network_command(const std::string& network, std::size_t count,
                            const std::string& more = "");

/// The JSON objects among the lines of an output, in their order.
std::vector<nlohmann::json> documents_of(const std::string& output);

/// The "logits" of all pictures of a document, one picture after another.
std::vector<int> logits_of(const nlohmann::json& document);

}  // namespace presil::system
