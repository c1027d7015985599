//! Names of months and of days of the week: English, German, Dutch and French, Spanish and Italian besides.

/// A month by its name, in lower case and without a point.
pub(super) fn month(name: &str) -> Option<i8> {
    let at = MONTHS.iter().position(|names| names.split(' ').any(|known| known == name))?;
    i8::try_from(at + 1).ok()
}

/// Whether this is the name of a day of the week.
pub(super) fn is_weekday(name: &str) -> bool {
    WEEKDAYS.split(' ').any(|known| known == name)
}

const MONTHS: [&str; 12] = [
    "jan january januar j\u{e4}n j\u{e4}nner januari janv janvier ene enero gen gennaio",
    "feb february februar feber februari f\u{e9}v f\u{e9}vr f\u{e9}vrier fev fevr fevrier febrero febbraio",
    "mar march m\u{e4}r m\u{e4}rz maerz mrz mrt maart mars marzo",
    "apr april avr avril abr abril aprile",
    "may mai mei mayo mag maggio",
    "jun june juni juin junio giu giugno",
    "jul july juli juil juillet julio lug luglio",
    "aug august augustus ao\u{fb}t aout ago agosto",
    "sep sept september septembre septiembre set settembre",
    "oct october okt oktober octobre octubre ott ottobre",
    "nov november novembre noviembre",
    "dec december dez dezember d\u{e9}c d\u{e9}cembre decembre dic diciembre dicembre",
];

const WEEKDAYS: &str = "mon monday tue tues tuesday wed weds wednesday thu thur thurs thursday fri friday sat saturday sun sunday \
    mo montag di dienstag mi mittwoch do donnerstag fr freitag sa samstag sonnabend so sonntag \
    ma maandag dinsdag wo woensdag donderdag vr vrijdag za zaterdag zo zondag \
    lun lundi mar mardi mer mercredi jeu jeudi ven vendredi sam samedi dim dimanche";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn months_have_names_in_several_languages() {
        for (name, number) in
            [("may", 5), ("m\u{e4}rz", 3), ("maart", 3), ("mars", 3), ("okt", 10), ("ao\u{fb}t", 8), ("sept", 9), ("d\u{e9}c", 12)]
        {
            assert_eq!(month(name), Some(number), "{name}");
        }
        assert_eq!((month("ma"), month(""), month("w")), (None, None, None));
        assert!(is_weekday("mon") && is_weekday("jeudi") && !is_weekday(""));
    }
}
