//! Every claim of Ji & Telgarsky comes out as the catalogue expects, on the evidence it should rest on.

mod definitions;
mod energy;
mod excursion;
mod family;
mod floors;
mod gradient;
mod initialisation;
mod limits;
mod margin;
mod own_run;
mod rank_one;
mod smoothness;
mod structure;

use gradient_witness::claims::{Claim, Expected, Role};
use gradient_witness::papers::catalogue;
use gradient_witness::verify::{ClaimVerdict, Evidence, Options, Status, verify};

/// The verdict on one claim of the catalogue, printed for those who look.
fn verdict_on(id: &str) -> ClaimVerdict {
    let claims = catalogue();
    let claim: Vec<&Claim> = claims.iter().filter(|claim| claim.id() == id).collect();
    assert_eq!(claim.len(), 1, "{id} in the catalogue");
    for heading in ["Statement", "Source", "Hypotheses", "Check", "Control", "Notes"] {
        assert!(!claim[0].section(heading).is_empty(), "{id} has no text under {heading}");
    }
    let verdict = verify(&claim, &Options::default(), &()).claims.remove(0);
    println!("{verdict:#?}");
    verdict
}

/// The claim holds as expected on at least this evidence, its control is caught, and enough instances say something.
fn holds(id: &str, evidence: Evidence) -> ClaimVerdict {
    let verdict = verdict_on(id);
    assert_eq!(verdict.expected, Expected::Holds, "{id}");
    assert_eq!((verdict.status, verdict.control), (Status::Holds, Some(true)), "{id}: {}", verdict.note);
    assert_eq!(verdict.undecided, 0, "{id}: {}", verdict.note);
    assert!(verdict.evidence >= Some(evidence), "{id}: {:?}", verdict.evidence);
    assert!(4 * verdict.informative >= verdict.applicable, "{id}: {}/{}", verdict.informative, verdict.applicable);
    verdict
}

/// The claim is an identity, proved for every shape it lists.
fn is_proved(id: &str) {
    let verdict = holds(id, Evidence::Proved);
    assert_eq!(verdict.instances, verdict.informative, "{id}");
}

/// As [`holds`], on at least 64 applicable instances.
fn holds_on_instances(id: &str, evidence: Evidence) -> ClaimVerdict {
    let verdict = holds(id, evidence);
    assert!(
        verdict.applicable >= 64,
        "{id}: {} applicable of {}: {}",
        verdict.applicable,
        verdict.instances,
        verdict.note
    );
    verdict
}

/// The slip is refuted on at least this evidence and its repaired form is not.
fn is_refuted(id: &str, evidence: Evidence) {
    let verdict = verdict_on(id);
    assert_eq!((verdict.status, verdict.control), (Status::Refuted, Some(true)), "{id}: {}", verdict.note);
    assert!(verdict.evidence >= Some(evidence), "{id}: {:?}", verdict.evidence);
    assert!(verdict.as_expected());
    let claims = catalogue();
    let slip = claims.iter().find(|claim| claim.id() == id).map(Claim::role);
    assert_eq!(slip, Some(Role::Slip));
}
