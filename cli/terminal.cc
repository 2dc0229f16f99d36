#include "cli/terminal.h"

#include <langinfo.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <clocale>
#include <cstdlib>
#include <string_view>

namespace alluvium::cli {
namespace {

bool locale_is_utf8 = false;
bool color_allowed = true;

std::string_view variable(const char* name) {
  const char* value = std::getenv(name);
  return value == nullptr ? std::string_view() : value;
}

}  // namespace

void set_locale() {
  std::setlocale(LC_CTYPE, "");
  locale_is_utf8 = std::string_view(::nl_langinfo(CODESET)) == "UTF-8";
  // All of our text is UTF-8 whatever the locale says; widths and line editing need to know.
  if (!locale_is_utf8) std::setlocale(LC_CTYPE, "C.UTF-8");
  // https://no-color.org: present and not empty, whatever its value.
  if (!variable("NO_COLOR").empty() || variable("TERM") == "dumb") color_allowed = false;
}

void disable_color() { color_allowed = false; }

Terminal terminal_of(int descriptor) {
  Terminal terminal;
  terminal.unicode = locale_is_utf8;
  terminal.is_terminal = ::isatty(descriptor) == 1;
  terminal.color = terminal.is_terminal && color_allowed;
  struct winsize size{};
  if (terminal.is_terminal && ::ioctl(descriptor, TIOCGWINSZ, &size) == 0 && size.ws_col > 0) {
    terminal.width = size.ws_col;
  }
  return terminal;
}

}  // namespace alluvium::cli
