#pragma once

namespace alluvium::cli {

/// What one of the program's standard streams is connected to.
struct Terminal {
  bool is_terminal = false;
  bool color = false;    ///< Colours and dimming may be used.
  bool unicode = false;  ///< The locale's text is UTF-8: lines may be drawn with box characters.
  int width = 80;        ///< Columns.
};

/// Chooses the locale by the environment, and UTF-8 for character widths in any case. Call once,
/// before other threads start.
void set_locale();

/// Turns colours off for all streams (`--no-color`; the variable NO_COLOR does the same).
void disable_color();

Terminal terminal_of(int descriptor);

}  // namespace alluvium::cli
