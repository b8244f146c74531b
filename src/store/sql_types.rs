//! Domain values in TEXT columns. The domain does not know that diesel exists.
//!
//! An unknown code in the database is a loud error that names the value, never
//! a default.

use diesel::backend::Backend;
use diesel::deserialize::{self, FromSql, Queryable};
use diesel::expression::AsExpression;
use diesel::internal::derives::as_expression::Bound;
use diesel::serialize::{self, IsNull, Output, ToSql};
use diesel::sql_types::{Nullable, SingleValue, Text};
use diesel::sqlite::{Sqlite, SqliteValue};

use crate::domain::{
    ApiTokenId, AttemptId, CheckInId, Codelist, ConfirmationId, ConsentId, CourseId, Day, DraftId,
    FlagId, HookCallId, InfusionId, Language, LetterTextId, Level, LinkId, LotEventId, LotId,
    MailPauseId, ObservationId, OutboxId, PatientId, PolicyId, ProductId, ProductKind, QuestionId,
    ReportId, Role, RotaExceptionId, ScheduleVersionId, ShiftId, SiteId, SnoozeId, StaffId, StepId,
    TaskEventId, TaskId, Timestamp, UndoId, Zone, chain, entry, grading, letter, registry, rota,
    schedule, snooze, task,
};

/// Makes types usable as values of a TEXT column: how to write one, how to read one.
macro_rules! text_columns {
    ($write:expr, $read:expr; $($type:ty),+ $(,)?) => {$(
        impl ToSql<Text, Sqlite> for $type {
            fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, Sqlite>) -> serialize::Result {
                let write: fn(&$type) -> String = $write;
                out.set_value(write(self));
                Ok(IsNull::No)
            }
        }

        impl ToSql<Nullable<Text>, Sqlite> for $type {
            fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, Sqlite>) -> serialize::Result {
                ToSql::<Text, Sqlite>::to_sql(self, out)
            }
        }

        impl FromSql<Text, Sqlite> for $type {
            fn from_sql(value: SqliteValue<'_, '_, '_>) -> deserialize::Result<Self> {
                let text = <String as FromSql<Text, Sqlite>>::from_sql(value)?;
                let read: fn(&str) -> Option<$type> = $read;
                read(&text)
                    .ok_or_else(|| format!("{text:?} is not a {}", stringify!($type)).into())
            }
        }

        impl<ST, DB> Queryable<ST, DB> for $type
        where
            DB: Backend,
            ST: SingleValue,
            Self: FromSql<ST, DB>,
        {
            type Row = Self;

            fn build(row: Self) -> deserialize::Result<Self> {
                Ok(row)
            }
        }

        impl AsExpression<Text> for $type {
            type Expression = Bound<Text, Self>;
            fn as_expression(self) -> Self::Expression {
                Bound::new(self)
            }
        }

        impl AsExpression<Nullable<Text>> for $type {
            type Expression = Bound<Nullable<Text>, Self>;
            fn as_expression(self) -> Self::Expression {
                Bound::new(self)
            }
        }

        impl<'e> AsExpression<Text> for &'e $type {
            type Expression = Bound<Text, Self>;
            fn as_expression(self) -> Self::Expression {
                Bound::new(self)
            }
        }

        impl<'e> AsExpression<Nullable<Text>> for &'e $type {
            type Expression = Bound<Nullable<Text>, Self>;
            fn as_expression(self) -> Self::Expression {
                Bound::new(self)
            }
        }
    )+};
}

text_columns!(|value| value.to_string(), |text| text.parse().ok();
    Timestamp, Day, Zone,
    SiteId, StaffId, PatientId, ProductId, LotId, CourseId, InfusionId, ObservationId, CheckInId,
    LinkId, DraftId, ReportId, ConfirmationId, FlagId, TaskId, TaskEventId, OutboxId, AttemptId,
    ApiTokenId, ConsentId, ShiftId, RotaExceptionId, QuestionId, PolicyId, StepId, HookCallId, SnoozeId, LotEventId, ScheduleVersionId, MailPauseId, LetterTextId, UndoId,
    entry::PatientCode, entry::LotNumber, entry::SiteCode, entry::ProductCode, entry::EmailAddress,
    entry::PhoneNumber,
);

text_columns!(|value| value.code().to_owned(), Codelist::from_code;
    Language, Level, Role, crate::access::Stage,
    registry::ActiveState, ProductKind, schedule::CheckInCode, registry::Sex, registry::PatientState,
    registry::LotSource, registry::LotState, registry::LotEventKind, registry::CultureResult, registry::EndotoxinResult,
    registry::Phase, registry::Route, registry::ReportSource, registry::ReportMode,
    registry::Evaluation, registry::CheckInState,
    task::TaskKind, task::TaskState, task::TaskEventKind, task::CallResult, task::Outcome,
    task::WorthAFlag, task::UndoableStep, letter::LetterKind, letter::MailState, letter::StopCause,
    letter::AttemptResult, chain::Audience, chain::StepState, chain::StepStop, grading::Site,
    grading::CtcaeVersion, grading::SymptomCode, snooze::SnoozeEnd,
    rota::ExceptionKind,
);

text_columns!(|value| value.code().to_owned(), Codelist::from_code; crate::domain::fault::Fault, letter::KeyPurpose);
