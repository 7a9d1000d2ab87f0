// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors

#include "cycles_plot.hpp"

#include <algorithm>
#include <format>

#include "html_text.hpp"

namespace presil::cli {
namespace {

// All lengths in units of the drawing, which the page scales to its width.
constexpr int kWidth = 880;
constexpr int kLeft = 230;   // Names stand left of this,
constexpr int kRight = 110;  // numbers within this right of the longest bar.
constexpr int kRow = 30;
constexpr int kBar = 18;
constexpr int kTop = 34;  // The scale's numbers.
constexpr std::size_t kLongestName = 26;

std::string shortened(std::string_view name) {
  return name.size() <= kLongestName ? std::string(name)
                                     : std::string(name.substr(0, kLongestName - 3)) + "...";
}

double length(std::uint64_t cycles, std::uint64_t most) {
  return static_cast<double>(cycles) / static_cast<double>(most) * (kWidth - kLeft - kRight);
}

/// What the bars say, in a sentence.
std::string description(std::span<const CyclesBar> bars) {
  if (bars.empty()) {
    return "No layers.";
  }
  const auto longest = std::ranges::max_element(bars, {}, &CyclesBar::cycles);
  return std::format("{} layers; most cycles, {}, went to {}.", bars.size(),
                     grouped(longest->cycles), longest->name);
}

std::string grid(std::uint64_t most, int bottom) {
  std::string svg;
  const auto step = scale_step(most);
  for (std::uint64_t i = 0; i <= most / step; ++i) {
    const auto at = i * step;
    const double x = kLeft + length(at, most);
    svg += std::format(R"(<line class="grid" x1="{0:.1f}" y1="{1}" x2="{0:.1f}" y2="{2}"/>)", x,
                       kTop - 6, bottom);
    svg += std::format(R"(<text class="dim" x="{:.1f}" y="{}" text-anchor="middle">{}</text>)", x,
                       kTop - 14, grouped(at));
  }
  return svg + "\n";
}

std::string row(const CyclesBar& bar, std::uint64_t most, int y) {
  const double busy = length(bar.busy, most);
  const double all = length(bar.cycles, most);
  const int text = y + kBar - 4;
  auto svg =
      std::format(R"(<text x="{}" y="{}" text-anchor="end">{} <tspan class="dim">{}</tspan>)",
                  kLeft - 10, text, html_text(shortened(bar.name)), html_text(bar.operation)) +
      "</text>";
  svg += std::format(R"(<rect class="busy" x="{}" y="{}" width="{:.1f}" height="{}"/>)", kLeft, y,
                     busy, kBar);
  svg += std::format(R"(<rect class="rest" x="{:.1f}" y="{}" width="{:.1f}" height="{}"/>)",
                     kLeft + busy, y, all - busy, kBar);
  svg += std::format(R"(<text x="{:.1f}" y="{}">{}</text>)", kLeft + all + 8, text,
                     grouped(bar.cycles));
  return svg + "\n";
}

}  // namespace

std::uint64_t scale_step(std::uint64_t most) {
  std::uint64_t power = 1;
  while (most / power > 60) {
    power *= 10;
  }
  for (const std::uint64_t factor : {1, 2, 5}) {
    if (most / (power * factor) <= 6) {
      return power * factor;
    }
  }
  return power * 10;
}

std::string cycles_plot(std::span<const CyclesBar> bars) {
  std::uint64_t most = 1;
  for (const auto& bar : bars) {
    most = std::max(most, bar.cycles);
  }
  const int bottom = kTop + static_cast<int>(bars.size()) * kRow;
  auto svg = std::format(
      "<svg class=\"plot\" viewBox=\"0 0 {} {}\" role=\"img\" "
      "aria-labelledby=\"plot-title plot-description\">\n"
      "<title id=\"plot-title\">Cycles per layer</title>\n"
      "<desc id=\"plot-description\">{}</desc>\n",
      kWidth, bottom + 6, html_text(description(bars)));
  svg += grid(most, bottom);
  int y = kTop + (kRow - kBar) / 2;
  for (const auto& bar : bars) {
    svg += row(bar, most, y);
    y += kRow;
  }
  return svg + "</svg>\n";
}

}  // namespace presil::cli
