//! Days as both databases keep them: text, `YYYY-MM-DD`.

use sqlx::{Decode, Encode, Postgres, Sqlite, Type, encode::IsNull, error::BoxDynError};

use crate::day::Day;

macro_rules! as_text {
    ($engine:ty) => {
        impl Type<$engine> for Day {
            fn type_info() -> <$engine as sqlx::Database>::TypeInfo {
                <String as Type<$engine>>::type_info()
            }
            fn compatible(ty: &<$engine as sqlx::Database>::TypeInfo) -> bool {
                <String as Type<$engine>>::compatible(ty)
            }
        }
        impl<'q> Encode<'q, $engine> for Day {
            fn encode_by_ref(&self, buf: &mut <$engine as sqlx::Database>::ArgumentBuffer) -> Result<IsNull, BoxDynError> {
                <String as Encode<'q, $engine>>::encode_by_ref(&self.to_string(), buf)
            }
        }
        impl<'r> Decode<'r, $engine> for Day {
            fn decode(value: <$engine as sqlx::Database>::ValueRef<'r>) -> Result<Self, BoxDynError> {
                Ok(<String as Decode<'r, $engine>>::decode(value)?.parse()?)
            }
        }
    };
}

as_text!(Sqlite);
as_text!(Postgres);
