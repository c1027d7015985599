//! Ids as both databases keep them: the bare UUID.

use sqlx::{Decode, Encode, Postgres, Sqlite, Type, encode::IsNull, error::BoxDynError};
use uuid::Uuid;

use crate::ids::Id;

macro_rules! as_uuid {
    ($engine:ty) => {
        impl<T> Type<$engine> for Id<T> {
            fn type_info() -> <$engine as sqlx::Database>::TypeInfo {
                <Uuid as Type<$engine>>::type_info()
            }
            fn compatible(ty: &<$engine as sqlx::Database>::TypeInfo) -> bool {
                <Uuid as Type<$engine>>::compatible(ty)
            }
        }
        impl<'q, T> Encode<'q, $engine> for Id<T> {
            fn encode_by_ref(&self, buf: &mut <$engine as sqlx::Database>::ArgumentBuffer) -> Result<IsNull, BoxDynError> {
                <Uuid as Encode<'q, $engine>>::encode_by_ref(&self.uuid(), buf)
            }
        }
        impl<'r, T> Decode<'r, $engine> for Id<T> {
            fn decode(value: <$engine as sqlx::Database>::ValueRef<'r>) -> Result<Self, BoxDynError> {
                <Uuid as Decode<'r, $engine>>::decode(value).map(Self::from_uuid)
            }
        }
    };
}

as_uuid!(Sqlite);
as_uuid!(Postgres);
