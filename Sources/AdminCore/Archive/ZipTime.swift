/// MS-DOS date and time (APPNOTE 4.4.6), always taken as UTC so that an archive does not depend on a time zone.
enum ZipTime {
  /// The two fields for seconds since 1970; the nearest end of 1980…2107 outside of it, odd seconds rounded down.
  package static func fields(_ seconds: Int64) -> (date: UInt16, time: UInt16) {
    let days = seconds >= 0 ? seconds / 86_400 : -((86_399 - seconds) / 86_400)
    let rest = Int(seconds - days * 86_400)
    let day = civil(days)
    if day.year < 1980 { return (0x0021, 0) }
    if day.year > 2107 { return (0xFF9F, 0xBF7D) }
    return (
      UInt16((day.year - 1980) << 9 | day.month << 5 | day.day),
      UInt16((rest / 3600) << 11 | (rest / 60 % 60) << 5 | (rest % 60) / 2)
    )
  }

  /// Seconds since 1970, or nil when a field is out of its range.
  package static func seconds(date: UInt16, time: UInt16) -> Int64? {
    let year = Int(date >> 9) + 1980
    let month = Int(date >> 5 & 15)
    let day = Int(date & 31)
    let hour = Int(time >> 11)
    let minute = Int(time >> 5 & 63)
    let second = Int(time & 31) * 2
    guard 1...12 ~= month, 1...31 ~= day, hour < 24, minute < 60, second < 60 else { return nil }
    return days(year, month, day) * 86_400 + Int64(hour * 3600 + minute * 60 + second)
  }

  // Both are Howard Hinnant's "chrono-compatible low-level date algorithms": years start in March, eras have 400 years.
  private static func civil(_ days: Int64) -> (year: Int, month: Int, day: Int) {
    let shifted = Int(max(-1_000_000_000, min(days, 1_000_000_000))) + 719_468
    let era = (shifted >= 0 ? shifted : shifted - 146_096) / 146_097
    let dayOfEra = shifted - era * 146_097
    let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
    let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
    let shiftedMonth = (5 * dayOfYear + 2) / 153
    let month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9
    return (yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month, dayOfYear - (153 * shiftedMonth + 2) / 5 + 1)
  }

  private static func days(_ year: Int, _ month: Int, _ day: Int) -> Int64 {
    let shiftedYear = month <= 2 ? year - 1 : year
    let era = shiftedYear / 400
    let yearOfEra = shiftedYear - era * 400
    let dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1
    return Int64(era * 146_097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - 719_468)
  }
}
