//! `afterwatch export`: the files that leave the registry, from the command line.

use std::fs::File as Disk;
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::ValueEnum;
use clap::builder::PossibleValue;

use super::could_not;
use super::place::Place;
use crate::clock::Clock;
use crate::domain::entry::SiteCode;
use crate::domain::{Actor, Codelist, Scope, Timestamp};
use crate::export::selection::{Bound, Selection, Wish};
use crate::export::{self, ExportError, File, Order, Style};
use crate::store::{self, Db, sites};

const HELP: &str = "\
Examples:
  afterwatch export line-listing --format csv --from 2026-01-01 --to 2026-03-31 --out events.csv
  afterwatch export summary --format csv --site SH1 --bom --out summary.csv
  afterwatch export codebook --format csv --out -

A period chooses infusions by the time of their end; --to counts its day whole. Names are left out
unless --identified is given. Every export is written into the audit trail.";

/// Write a file: summary, line listing, infusions, check-ins, codebook or audit trail
#[derive(Debug, clap::Args)]
#[command(after_help = HELP)]
pub struct Export {
    /// Which file
    #[arg(value_enum, value_name = "FILE")]
    file: File,
    /// The format; csv is the only one so far
    #[arg(long, value_name = "FORMAT")]
    format: String,
    /// From this day (in the zone of each clinic) or this time (RFC 3339)
    #[arg(long, value_name = "D")]
    from: Option<Bound>,
    /// Up to and with this day, or before this time
    #[arg(long, value_name = "D")]
    to: Option<Bound>,
    /// Only the clinic with this code
    #[arg(long, value_name = "CODE")]
    site: Option<String>,
    /// Begin with a byte order mark, for Excel
    #[arg(long)]
    bom: bool,
    /// With the names of patients
    #[arg(long)]
    identified: bool,
    /// Where to; - for standard output
    #[arg(long, value_name = "PATH")]
    out: PathBuf,
    #[command(flatten)]
    place: Place,
}

impl ValueEnum for File {
    fn value_variants<'a>() -> &'a [Self] {
        Self::ALL
    }

    fn to_possible_value(&self) -> Option<PossibleValue> {
        Some(PossibleValue::new(self.code()))
    }
}

/// Writes a file. 0: written; 2: it could not be.
#[must_use]
pub fn run(arguments: &Export) -> ExitCode {
    match attempt(arguments, Clock::system().now()) {
        Ok(rows) => {
            eprintln!("{}: {rows} rows", arguments.out.display());
            ExitCode::SUCCESS
        }
        // Whoever reads our output has had enough, as `head` has.
        Err(Refusal::Export(ExportError::Write(error)))
            if error.kind() == io::ErrorKind::BrokenPipe =>
        {
            ExitCode::SUCCESS
        }
        Err(refusal) => could_not(&refusal),
    }
}

/// Why nothing was written.
#[derive(Debug, thiserror::Error)]
enum Refusal {
    #[error("{0} files are not made yet: use --format csv")]
    Format(String),
    #[error("{0} names no patients: leave --identified out")]
    NamesNobody(&'static str),
    #[error("there is no clinic with the code {0}; there are: {1}")]
    NoSuchSite(String, String),
    #[error(transparent)]
    Place(#[from] super::place::PlaceError),
    #[error(transparent)]
    Export(#[from] ExportError),
}

impl From<store::Error> for Refusal {
    fn from(error: store::Error) -> Self {
        Self::Export(error.into())
    }
}

fn attempt(arguments: &Export, now: Timestamp) -> Result<u64, Refusal> {
    if !arguments.format.eq_ignore_ascii_case("csv") {
        return Err(Refusal::Format(arguments.format.clone()));
    }
    let file = arguments.file;
    if arguments.identified && matches!(file, File::Summary | File::Codebook | File::Audit) {
        return Err(Refusal::NamesNobody(file.code()));
    }
    let (db, _) = arguments.place.open()?;
    let selection = selection(&db, arguments, now)?;
    let style = Style { bom: arguments.bom, identified: arguments.identified };
    let order = Order::new(file, selection, style);
    let written = if arguments.out == Path::new("-") {
        export::take(&db, now, &Actor::Operator, &order, io::stdout().lock())?
    } else {
        to_file(&db, now, &order, &arguments.out)?
    };
    Ok(written.values().sum())
}

/// Writes beside the place and moves there when it is whole: half a file is never taken for one.
fn to_file(
    db: &Db,
    now: Timestamp,
    order: &Order,
    path: &Path,
) -> Result<export::Written, ExportError> {
    let mut part = path.as_os_str().to_owned();
    part.push(".part");
    let part = PathBuf::from(part);
    let mut out = BufWriter::new(Disk::create(&part)?);
    let written = export::take(db, now, &Actor::Operator, order, &mut out)?;
    out.flush()?;
    out.into_inner().map_err(io::IntoInnerError::into_error)?.sync_all()?;
    std::fs::rename(&part, path)?;
    Ok(written)
}

fn selection(db: &Db, arguments: &Export, now: Timestamp) -> Result<Selection, Refusal> {
    let all = db.read_blocking(sites::all)?;
    let site = match &arguments.site {
        None => None,
        Some(code) => {
            let wanted = SiteCode::parse(code).ok();
            let found = all.iter().find(|site| Some(&site.code) == wanted.as_ref());
            let Some(site) = found else {
                let codes: Vec<&str> = all.iter().map(|site| site.code.as_str()).collect();
                return Err(Refusal::NoSuchSite(code.clone(), codes.join(", ")));
            };
            Some(site.id)
        }
    };
    let wish = Wish { site, from: arguments.from, to: arguments.to, product: None };
    let scope = Scope::of(all.iter().map(|site| site.id));
    let settled = db.read_blocking(|conn| Selection::settle(conn, &scope, wish, now))?;
    settled.ok_or_else(|| {
        Refusal::NoSuchSite(arguments.site.clone().unwrap_or_default(), String::new())
    })
}
