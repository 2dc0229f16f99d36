#include "code/publish/utc_time.h"

#include <array>
#include <chrono>
#include <cstdio>

namespace alluvium::code {

UtcMicros utc_now() {
  using std::chrono::duration_cast, std::chrono::microseconds, std::chrono::system_clock;
  return duration_cast<microseconds>(system_clock::now().time_since_epoch()).count();
}

std::string utc_text(UtcMicros time) {
  using namespace std::chrono;
  const sys_time<microseconds> moment{microseconds(time)};
  const sys_days day = floor<days>(moment);
  const year_month_day date(day);
  const hh_mm_ss clock(moment - day);
  std::array<char, 64> text{};
  std::snprintf(text.data(), text.size(), "%04d-%02u-%02uT%02d:%02d:%02d.%06dZ",
                static_cast<int>(date.year()), static_cast<unsigned>(date.month()),
                static_cast<unsigned>(date.day()), static_cast<int>(clock.hours().count()),
                static_cast<int>(clock.minutes().count()),
                static_cast<int>(clock.seconds().count()),
                static_cast<int>(clock.subseconds().count()));
  return text.data();
}

UtcMicros utc_micros(std::string_view text) {
  using namespace std::chrono;
  int year = 0;
  unsigned month = 0;
  unsigned day = 0;
  int hour = 0;
  int minute = 0;
  int second = 0;
  int fraction = 0;
  if (std::sscanf(std::string(text).c_str(), "%4d-%2u-%2uT%2d:%2d:%2d.%6dZ", &year, &month, &day,
                  &hour, &minute, &second, &fraction) != 7) {
    return 0;
  }
  const sys_days date{
      year_month_day(std::chrono::year(year), std::chrono::month(month), std::chrono::day(day))};
  const auto time = date.time_since_epoch() + hours(hour) + minutes(minute) + seconds(second) +
                    microseconds(fraction);
  return duration_cast<microseconds>(time).count();
}

}  // namespace alluvium::code
