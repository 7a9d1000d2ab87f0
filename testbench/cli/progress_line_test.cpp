// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors

#include "progress_line.hpp"

#include <fcntl.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <unistd.h>

#include <catch2/catch_test_macros.hpp>

#include "testbench/support/captured_stream.hpp"

namespace presil::cli {
namespace {

using testbench::CapturedStream;

/// "Go to the front, and delete to the end of the line."
const std::string kWipe = "\r\x1b[K";

/// A terminal whose screen is this program. It passes on every byte as it is.
class Terminal {
 public:
  /// \param columns  0: the terminal does not know, like a serial line.
  explicit Terminal(unsigned short columns) : screen_(posix_openpt(O_RDWR | O_NOCTTY)) {
    REQUIRE(grantpt(screen_) == 0);
    REQUIRE(unlockpt(screen_) == 0);
    line_ = open(ptsname(screen_), O_RDWR | O_NOCTTY);
    REQUIRE(line_ >= 0);
    termios settings{};
    REQUIRE(tcgetattr(line_, &settings) == 0);
    cfmakeraw(&settings);
    REQUIRE(tcsetattr(line_, TCSANOW, &settings) == 0);
    winsize size{};
    size.ws_col = columns;
    REQUIRE(ioctl(line_, TIOCSWINSZ, &size) == 0);
  }
  ~Terminal() {
    close(line_);
    close(screen_);
  }
  Terminal(const Terminal&) = delete;
  Terminal& operator=(const Terminal&) = delete;

  [[nodiscard]] int line() const { return line_; }

  /// What was written since the last call. Bytes take their time from one end to the other, so
  /// the end is marked by one that nobody else writes.
  std::string text() {
    REQUIRE(write(line_, "", 1) == 1);
    std::string text;
    for (char byte = 0; read(screen_, &byte, 1) == 1 && byte != '\0';) {
      text += byte;
    }
    return text;
  }

 private:
  int screen_;
  int line_ = -1;
};

TEST_CASE("in a pipe there are notes only, each a plain line", "[cli][progress]") {
  const CapturedStream errors(STDERR_FILENO);
  {
    ProgressLine progress;
    CHECK_FALSE(progress.terminal());
    progress.update("half way");
    progress.note("half done");
    progress.update("nearly there");
    progress.clear();
  }
  CHECK(errors.text() == "presil: half done\n");
}

TEST_CASE("on a terminal one line is rewritten, and gone at the end", "[cli][progress]") {
  Terminal terminal(80);
  const CapturedStream errors(STDERR_FILENO, terminal.line());
  {
    ProgressLine progress;
    CHECK(progress.terminal());
    progress.update("one");
    CHECK(terminal.text() == kWipe + "one");
    progress.update("two");
    CHECK(terminal.text() == kWipe + "two");
  }
  CHECK(terminal.text() == kWipe);
}

TEST_CASE("a line that says nothing new is not written again", "[cli][progress]") {
  Terminal terminal(80);
  const CapturedStream errors(STDERR_FILENO, terminal.line());
  ProgressLine progress;
  progress.update("one");
  progress.update("one");
  CHECK(terminal.text() == kWipe + "one");
  progress.clear();
  progress.clear();
  CHECK(terminal.text() == kWipe);
  progress.update("one");
  CHECK(terminal.text() == kWipe + "one");
}

TEST_CASE("a line that is too long is cut, for a wrapped one cannot be rewritten",
          "[cli][progress]") {
  const std::string text(200, 'x');
  unsigned short columns = 0;
  std::size_t shown = 79;
  SECTION("at the terminal's width") {
    columns = 20;
    shown = 19;
  }
  SECTION("at that of an old terminal, when it is not known") {}
  Terminal terminal(columns);
  const CapturedStream errors(STDERR_FILENO, terminal.line());
  ProgressLine progress;
  progress.update(text);
  CHECK(terminal.text() == kWipe + text.substr(0, shown));
}

TEST_CASE("a note takes the line's place, and stays", "[cli][progress]") {
  Terminal terminal(80);
  const CapturedStream errors(STDERR_FILENO, terminal.line());
  ProgressLine progress;
  progress.update("one");
  progress.note("done");
  CHECK(terminal.text() == kWipe + "one" + kWipe + "presil: done\n");
}

}  // namespace
}  // namespace presil::cli
