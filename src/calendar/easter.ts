/** Easter Sunday of a Gregorian year as [month, day]; the computus of Meeus, Jones and Butcher. */
export function easterSunday(year: number): readonly [month: number, day: number] {
  const golden = year % 19;
  const century = Math.floor(year / 100);
  const ofCentury = year % 100;
  const skippedLeaps = Math.floor(century / 4);
  const moonShift = Math.floor((century - Math.floor((century + 8) / 25) + 1) / 3);
  const epact = (19 * golden + century - skippedLeaps - moonShift + 15) % 30;
  const weekday = (32 + 2 * (century % 4) + 2 * Math.floor(ofCentury / 4) - epact - (ofCentury % 4)) % 7;
  const correction = Math.floor((golden + 11 * epact + 22 * weekday) / 451);
  const dayOfMarch = epact + weekday - 7 * correction + 114;
  return [Math.floor(dayOfMarch / 31), (dayOfMarch % 31) + 1];
}
