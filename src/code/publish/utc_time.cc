#include "code/publish/utc_time.h"

#include <array>
#include <chrono>
#include <cstdio>

namespace alluvium::code {
namespace {

/// Reads a text from its front.
class Scan {
 public:
  explicit Scan(std::string_view text) : rest_(text) {}

  [[nodiscard]] bool done() const { return rest_.empty(); }
  bool take(std::string_view any_of) {
    if (rest_.empty() || any_of.find(rest_.front()) == std::string_view::npos) return false;
    rest_.remove_prefix(1);
    return true;
  }
  /// A number of exactly so many digits; nothing is taken of any other text.
  std::optional<int> number(std::size_t digits) {
    if (rest_.size() < digits) return std::nullopt;
    int value = 0;
    for (const char c : rest_.substr(0, digits)) {
      if (c < '0' || c > '9') return std::nullopt;
      value = value * 10 + (c - '0');
    }
    rest_.remove_prefix(digits);
    return value;
  }
  [[nodiscard]] char front() const { return rest_.empty() ? '\0' : rest_.front(); }

 private:
  std::string_view rest_;
};

/// A time of a day, and how much of it the text leaves open.
struct TimeOfDay {
  std::chrono::microseconds start{0};
  std::chrono::microseconds length = std::chrono::days(1);
};

std::optional<TimeOfDay> scan_time(Scan& scan) {
  using namespace std::chrono;
  const std::optional<int> hour = scan.number(2);
  if (!hour || *hour > 23 || !scan.take(":")) return std::nullopt;
  const std::optional<int> minute = scan.number(2);
  if (!minute || *minute > 59) return std::nullopt;
  TimeOfDay time{.start = hours(*hour) + minutes(*minute), .length = minutes(1)};
  if (!scan.take(":")) return time;
  const std::optional<int> second = scan.number(2);
  if (!second || *second > 59) return std::nullopt;
  time.start += seconds(*second);
  time.length = seconds(1);
  if (!scan.take(".,")) return time;
  std::optional<int> digit = scan.number(1);
  if (!digit) return std::nullopt;
  // Digits beyond microseconds say nothing that a run's time could differ in.
  for (; digit; digit = scan.number(1)) {
    if (time.length == microseconds(1)) continue;
    time.length /= 10;
    time.start += *digit * time.length;
  }
  return time;
}

/// How far the zone is ahead of UTC.
std::optional<std::chrono::minutes> scan_zone(Scan& scan) {
  if (scan.done() || scan.take("Zz")) return std::chrono::minutes(0);
  const int sign = scan.front() == '-' ? -1 : 1;
  if (!scan.take("+-")) return std::nullopt;
  const std::optional<int> hour = scan.number(2);
  if (!hour || *hour > 23) return std::nullopt;
  const bool colon = scan.take(":");
  const std::optional<int> minute = colon || !scan.done() ? scan.number(2) : 0;
  if (!minute || *minute > 59) return std::nullopt;
  return std::chrono::minutes(sign * (*hour * 60 + *minute));
}

}  // namespace

DataType utc_type() { return timestamp(TimeUnit::Micro, "UTC"); }

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

std::optional<UtcMicros> end_of_time(std::string_view text) {
  using namespace std::chrono;
  Scan scan(text);
  const std::optional<int> written_year = scan.number(4);
  if (!written_year || !scan.take("-")) return std::nullopt;
  const std::optional<int> written_month = scan.number(2);
  if (!written_month || !scan.take("-")) return std::nullopt;
  const std::optional<int> written_day = scan.number(2);
  if (!written_day) return std::nullopt;
  const year_month_day date(year(*written_year), month(static_cast<unsigned>(*written_month)),
                            day(static_cast<unsigned>(*written_day)));
  if (!date.ok()) return std::nullopt;
  std::optional<TimeOfDay> time = TimeOfDay();
  std::optional<minutes> zone = minutes(0);
  if (!scan.done()) {
    if (!scan.take("Tt ")) return std::nullopt;
    time = scan_time(scan);
    zone = time ? scan_zone(scan) : std::nullopt;
  }
  if (!time || !zone || !scan.done()) return std::nullopt;
  const microseconds start = sys_days(date).time_since_epoch() + time->start - *zone;
  return (start + time->length - microseconds(1)).count();
}

}  // namespace alluvium::code
