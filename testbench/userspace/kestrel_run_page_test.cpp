// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors

// The demonstration's page in a real browser, made from what the demonstration's command finds out:
// the words of hw/kestrel/accelerator.toml, the committed network, the test pictures, and kestrel's
// functional model behind the fake kernel.

#include <stdlib.h>

#include <cstddef>
#include <filesystem>
#include <format>
#include <sstream>
#include <string>
#include <vector>

#include <catch2/catch_test_macros.hpp>

#include "accelerator.hpp"
#include "demo_command.hpp"
#include "demo_page.hpp"
#include "summary.hpp"
#include "testbench/cli/page_browser.hpp"
#include "testbench/support/temporary_folder.hpp"
#include "tool_bench.hpp"
#include <nlohmann/json.hpp>

int kestrel_run_main(int argc, char** argv);

namespace {

namespace fs = std::filesystem;
using namespace presil::cli;
using Json = nlohmann::ordered_json;
using presil::testbench::TemporaryFolder;

constexpr std::size_t kPictures = 16;

/// Lets the process work in a folder, as the command does in the guest.
class WorkingFolder {
 public:
  explicit WorkingFolder(const fs::path& path) { fs::current_path(path); }
  ~WorkingFolder() { fs::current_path(before_); }
  WorkingFolder(const WorkingFolder&) = delete;
  WorkingFolder& operator=(const WorkingFolder&) = delete;

 private:
  fs::path before_ = fs::current_path();
};

/// What the command prints, with a summary as a run of it has.
Json document() {
  const TemporaryFolder folder;
  const Checkout checkout{.source = SOURCE_FOLDER, .build = folder.path(), .cache = folder.path()};
  const auto accelerator = read_accelerator(checkout.source / "hw/kestrel/accelerator.toml");
  RunPlan plan;
  plan.options = demo_run(checkout, accelerator, {}, {.count = kPictures});
  plan.options.model = "functional";
  plan.kernel.release = "6.12.0-test";
  for (const fs::path file : plan.options.files)
    fs::create_symlink(file, folder.path(file.filename().string()));

  std::istringstream line(plan.options.command.at(0));
  std::vector<std::string> words;
  for (std::string word; line >> word;)
    words.push_back(word);
  REQUIRE(words.at(0) == "kestrel-run");
  words.erase(words.begin());
  Ended ended;
  {
    const WorkingFolder here(folder.path());
    ended = ToolBench("kestrel-run", kestrel_run_main).run(words);
  }
  INFO(ended.errors);
  REQUIRE(ended.status == 0);

  const auto printed = demo_document(ended.output);
  REQUIRE(printed);
  auto document = Json::parse(*printed);
  setenv("PRESIL_ENVIRONMENT", "0123456789abcdef", 0);
  const RunFolder run(checkout, "demo", folder.path("run"));
  Outcome outcome;
  outcome.complete = true;
  outcome.guest_exit = 0;
  outcome.console_guest_ns = 4'321'000'000;
  document["summary"] = make_summary({checkout, plan, run}, outcome);
  return document;
}

bool holds(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

}  // namespace

TEST_CASE("page: A browser reads what the demonstration leaves without complaint",
          "[userspace][kestrel-run][browser]") {
  const auto results = document();
  const auto& layers = results["layers"];
  REQUIRE(layers.size() > 5);
  Browser browser(demo_page(demo_results(results)));
  const auto elements = browser.elements();
  CHECK(browser.console().empty());

  // The pictures, each with what was found in it.
  CHECK(occurrences(elements, "<img ") == kPictures);
  CHECK(occurrences(elements, "<figure class=\"") == kPictures);
  CHECK(occurrences(elements, "<svg class=\"scores\"") == kPictures);
  std::size_t right = 0;
  for (const auto& picture : results["pictures"]) {
    const auto predicted = picture["predicted"].get<std::size_t>();
    const bool is_right = picture["label"] == predicted;
    right += is_right ? 1 : 0;
    const auto spoken =
        std::format("alt=\"picture {}, classified as {}, {}\"", picture["index"].get<std::size_t>(),
                    results["classes"][predicted].get<std::string>(), is_right ? "right" : "wrong");
    CAPTURE(spoken);
    CHECK(holds(elements, spoken));
  }
  CHECK(occurrences(elements, "<figure class=\"right\"") == right);
  CHECK(holds(elements, std::format("<h1>{} of {} pictures right</h1>", right, kPictures)));

  // The layers: a bar in the plot and a line in the table for each.
  CHECK(occurrences(elements, "<svg class=\"plot\"") == 1);
  CHECK(occurrences(elements, "<rect class=\"busy\"") == layers.size());
  for (const auto& layer : layers) {
    const auto name = layer["name"].get<std::string>();
    CAPTURE(name);
    CHECK(occurrences(elements, "<th scope=\"row\" class=\"name\">" + name + "</th>") == 1);
  }

  // The run.
  for (const std::string text :
       {"fashion_cnn on kestrel, 1000 MHz, 16 x 16 array, 256 KiB scratchpad",
        "<dt>outputs</dt><dd>16 of 16 outputs equal fashion_cnn.onnxruntime.npy bit for bit</dd>",
        "<dt>computed by</dt><dd>functional model</dd>", "<dt>result</dt><dd>passed</dd>",
        "<dt>kernel</dt><dd>6.12.0-test</dd>", "<dt>Guest time</dt><dd>4.321 s</dd>"}) {
    CAPTURE(text);
    CHECK(holds(elements, text));
  }
  CHECK(holds(elements, results["summary"]["digest"].get<std::string>()));
  CHECK(holds(elements, results["model"]["sha256"].get<std::string>()));

  const auto shot = browser.screenshot(
      "demonstration", {"--window-size=1100,2200", "--blink-settings=preferredColorScheme=1"});
  CHECK(shot.width == 1100);
  // Clothes have all shades of grey.
  CHECK(shot.colours() > 200);
}
