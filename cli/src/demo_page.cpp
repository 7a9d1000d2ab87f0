// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors

#include "demo_page.hpp"

#include <algorithm>
#include <format>
#include <numeric>
#include <utility>

#include "base64.hpp"
#include "cycles_plot.hpp"
#include "demo_page_style.hpp"
#include "html_text.hpp"
#include "picture_png.hpp"

namespace presil::cli {
namespace {

/// Everything is within the file, and a browser is told so: what was forgotten would be an error.
constexpr const char* kPolicy = "default-src 'none'; img-src data:; style-src 'unsafe-inline'";

/// A value of the summary as text, or nothing.
std::string summary_value(const DemoResults& results, const std::string& key) {
  const auto found = results.summary.find(key);
  if (found == results.summary.end()) {
    return "";
  }
  if (found->is_string()) {
    return found->get<std::string>();
  }
  return found->is_number_integer() ? grouped(found->get<std::uint64_t>()) : "";
}

/// Who computed, from the run's summary; nothing if it does not say.
std::string computed_by(const DemoResults& results) {
  const auto model = summary_value(results, "model");
  if (model == "rtl") {
    return "Every layer was computed by the accelerator's RTL, behind its own driver in a guest.";
  }
  if (model.empty()) {
    return "";
  }
  return std::format(
      "Every layer was computed by the accelerator's {} model, behind its own driver "
      "in a guest; its cycles are that model's.",
      model);
}

std::string fact(const std::string& what, const std::string& value) {
  return std::format("<div><dt>{}</dt><dd>{}</dd></div>\n", html_text(what), html_text(value));
}

std::string header(const DemoResults& results) {
  const auto sum = results.total();
  auto html = std::format(
      "<header>\n<p class=\"dim\">{} on {}</p>\n<h1>{}</h1>\n<p>{}</p>\n<dl class=\"facts\">\n",
      html_text(results.model_name), html_text(results.device), html_text(results.verdict()),
      html_text(computed_by(results)));
  html += fact("Cycles per picture", grouped(results.each(sum.cycles)));
  html += fact("Use of the array", percent_words(sum.utilisation));
  html += fact("Moved per picture", bytes_words(results.each(sum.read_bytes + sum.write_bytes)));
  const auto guest_ns = results.summary.value("guest_ns", nlohmann::ordered_json());
  if (guest_ns.is_number()) {
    html += fact("Guest time", std::format("{:.3f} s", guest_ns.get<double>() * 1e-9));
  }
  return html + "</dl>\n</header>\n";
}

const std::string& class_name(const DemoResults& results, std::size_t number) {
  return results.classes[number];
}

/// Bars for the scores of all classes, from the least score to the greatest.
std::string score_bars(const DemoResults& results, const PictureResult& picture) {
  const auto [least, most] = std::ranges::minmax(picture.scores);
  auto svg = std::format(
      "<svg class=\"scores\" viewBox=\"0 0 {} 24\" preserveAspectRatio=\"none\" role=\"img\" "
      "aria-label=\"scores of all classes\">",
      picture.scores.size() * 10);
  for (std::size_t i = 0; i < picture.scores.size(); ++i) {
    const double height = most > least ? 1 + 23 * (picture.scores[i] - least) / (most - least) : 1;
    svg += std::format(
        R"(<rect{} x="{}" y="{:.1f}" width="8" height="{:.1f}"><title>{}: {:.4g}</title></rect>)",
        i == picture.predicted ? " class=\"chosen\"" : "", i * 10 + 1, 24 - height, height,
        html_text(class_name(results, i)), picture.scores[i]);
  }
  return svg + "</svg>";
}

std::string figure(const DemoResults& results, const PictureResult& picture) {
  const auto found = html_text(class_name(results, picture.predicted));
  const auto* verdict = !picture.label ? "unknown" : picture.wrong() ? "wrong" : "right";
  auto caption = std::format("<span class=\"{}\">{}</span>", verdict, found);
  auto spoken = std::format("picture {}, classified as {}", picture.index, found);
  if (picture.label) {
    spoken += std::format(", {}", verdict);
  }
  if (picture.wrong()) {
    caption += std::format("<br>is {}", html_text(class_name(results, picture.label.value_or(0))));
  }
  return std::format(
      "<li><figure class=\"{}\"><img width=\"{}\" height=\"{}\" alt=\"{}\" "
      "src=\"data:image/png;base64,{}\">{}<figcaption>{}<br><span class=\"dim\">no. {}</span>"
      "</figcaption></figure></li>\n",
      verdict, kPictureSide, kPictureSide, spoken,
      base64_text(picture_png(picture.pixels, kPictureSide)), score_bars(results, picture), caption,
      picture.index);
}

std::string pictures(const DemoResults& results) {
  std::string html = "<section aria-labelledby=\"pictures\">\n<h2 id=\"pictures\">Pictures</h2>\n";
  html +=
      "<p class=\"note\">Below each: the scores of all classes, the chosen one in the stronger "
      "colour.</p>\n";
  html += "<ul class=\"pictures\">\n";
  const auto shown = std::min(results.pictures.size(), kMostShownPictures);
  for (std::size_t i = 0; i < shown; ++i) {
    html += figure(results, results.pictures[i]);
  }
  html += "</ul>\n";
  if (shown < results.pictures.size()) {
    html += std::format("<p class=\"note\">The first {} of {} pictures.</p>\n", grouped(shown),
                        grouped(results.pictures.size()));
  }
  return html + "</section>\n";
}

std::string table_row(const LayerResult& layer, std::uint64_t all_cycles,
                      const DemoResults& results) {
  const auto number = [&](std::uint64_t sum) {
    return std::format("<td>{}</td>", grouped(results.each(sum)));
  };
  return std::format("<th scope=\"row\" class=\"name\">{}</th><td class=\"name\">{}</td>",
                     html_text(layer.name), html_text(layer.operation)) +
         number(layer.cycles) +
         std::format("<td>{}</td><td>{}</td><td>{}</td>",
                     percent_words(part_of(layer.cycles, all_cycles)),
                     percent_words(part_of(layer.compute_busy, layer.cycles)),
                     percent_words(layer.utilisation)) +
         number(layer.read_bytes) + number(layer.write_bytes) + number(layer.stalls.load_token) +
         number(layer.stalls.compute_token) + number(layer.stalls.store_token) +
         number(layer.stalls.translation);
}

std::string table(const DemoResults& results) {
  auto sum = results.total();
  sum.name = "all";
  std::string html =
      "<div class=\"wide\">\n<table>\n<caption>For one picture, on average</caption>\n<thead>\n"
      "<tr><th scope=\"col\" rowspan=\"2\" class=\"name\">Layer</th>"
      "<th scope=\"col\" rowspan=\"2\" class=\"name\">Operator</th>"
      "<th scope=\"colgroup\" colspan=\"2\">Cycles</th>"
      "<th scope=\"colgroup\" colspan=\"2\">Array</th>"
      "<th scope=\"colgroup\" colspan=\"2\">Bytes</th>"
      "<th scope=\"colgroup\" colspan=\"4\">Cycles waiting for</th></tr>\n<tr>";
  for (const auto* name : {"number", "share", "busy", "used", "read", "written", "loads",
                           "computing", "stores", "translation"}) {
    html += std::format("<th scope=\"col\">{}</th>", name);
  }
  html += "</tr>\n</thead>\n<tbody>\n";
  for (const auto& layer : results.layers) {
    html += std::format("<tr>{}</tr>\n", table_row(layer, sum.cycles, results));
  }
  return html + std::format("</tbody>\n<tfoot>\n<tr>{}</tr>\n</tfoot>\n</table>\n</div>\n",
                            table_row(sum, sum.cycles, results));
}

std::string layers(const DemoResults& results) {
  std::vector<CyclesBar> bars;
  for (const auto& layer : results.layers) {
    bars.push_back({.name = layer.name,
                    .operation = layer.operation,
                    .cycles = results.each(layer.cycles),
                    .busy = results.each(layer.compute_busy)});
  }
  return "<section aria-labelledby=\"layers\">\n<h2 id=\"layers\">Cycles per layer</h2>\n"
         "<p class=\"note\"><span class=\"key busy\"></span>the array works"
         "<span class=\"key rest\"></span>it waits</p>\n<div class=\"wide\">\n" +
         cycles_plot(bars) + "</div>\n" + table(results) + "</section>\n";
}

std::string run(const DemoResults& results) {
  std::string html =
      "<section aria-labelledby=\"run\">\n<h2 id=\"run\">The run</h2>\n"
      "<dl class=\"run\">\n";
  const auto line = [&](const char* what, const std::string& value, bool mono = false) {
    if (!value.empty()) {
      html += std::format("<dt>{}</dt><dd{}>{}</dd>\n", what, mono ? " class=\"mono\"" : "",
                          html_text(value));
    }
  };
  line("network", results.model_name);
  line("its SHA-256", results.model_sha256, true);
  line("device", results.device);
  const auto model = summary_value(results, "model");
  line("computed by", model.empty() ? "" : model == "rtl" ? "RTL" : model + " model");
  line("pictures", grouped(results.pictures.size()));
  line("outputs", results.comparison());
  line("result", summary_value(results, "result"));
  const bool whole = results.summary.value("digest_complete", nlohmann::ordered_json()) != false;
  line("digest", summary_value(results, "digest") + (whole ? "" : " (incomplete)"), true);
  line("environment", summary_value(results, "environment"), true);
  line("command", summary_value(results, "command"), true);
  line("kernel", summary_value(results, "kernel"));
  line("seed", summary_value(results, "seed"));
  line("guest time, ns", summary_value(results, "guest_ns"));
  line("device time, ns", summary_value(results, "device_ns"));
  line("RTL cycles run", summary_value(results, "rtl_cycles"));
  line("RTL cycles skipped", summary_value(results, "rtl_cycles_skipped"));
  line("bytes by DMA", summary_value(results, "dma_bytes"));
  line("interrupts", summary_value(results, "interrupts"));
  return html +
         "</dl>\n<p class=\"note\">The same checkout, options and environment give the same "
         "digest, and this page byte for byte.</p>\n</section>\n";
}

}  // namespace

std::string demo_page(const DemoResults& results) {
  return std::format(
             "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
             "<meta http-equiv=\"Content-Security-Policy\" content=\"{}\">\n"
             "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
             "<link rel=\"icon\" href=\"data:,\">\n<title>{}: {}</title>\n<style>{}</style>\n"
             "</head>\n<body>\n",
             kPolicy, html_text(results.model_name), html_text(results.verdict()), kDemoPageStyle) +
         header(results) + "<main>\n" + pictures(results) + layers(results) + run(results) +
         "</main>\n</body>\n</html>\n";
}

}  // namespace presil::cli
