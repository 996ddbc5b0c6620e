//! `witness completions SHELL` and `witness man`.

use std::process::Command;

use super::Desk;

#[test]
fn every_shell_has_completions() {
    let desk = Desk::new();
    for shell in ["bash", "elvish", "fish", "powershell", "zsh"] {
        let script = desk.witness(&["completions", shell]).quietly(0);
        assert!(script.contains("counterexamples") && script.contains("explain"), "{shell}: {script}");
        // The generators for the other two complete options and commands alone.
        let has_values = ["bash", "fish", "zsh"].contains(&shell);
        assert_eq!(script.contains("JT19.descent-step"), has_values, "{shell}");
        assert_eq!(script.contains("ACGH19.thm1-linear-convergence"), has_values, "{shell}");
    }
    let told = desk.witness(&["completions", "csh"]);
    assert_eq!((told.status, told.out.as_str()), (2, ""), "{told:?}");
}

/// What bash offers for the last of these words.
fn offered(desk: &Desk, words: &[&str]) -> Vec<String> {
    let script = format!(
        "source ./witness.bash; COMP_WORDS=({}); COMP_CWORD={}; _witness witness \"${{COMP_WORDS[COMP_CWORD]}}\" \
         \"${{COMP_WORDS[COMP_CWORD-1]}}\"; printf '%s\\n' \"${{COMPREPLY[@]}}\"",
        words.iter().map(|word| format!("'{word}' ")).collect::<String>(),
        words.len() - 1
    );
    let output = Command::new("bash").args(["-c", &script]).current_dir(desk.path("")).output().unwrap();
    assert!(output.stderr.is_empty(), "{output:?}");
    String::from_utf8(output.stdout).unwrap().lines().map(str::to_owned).collect()
}

#[test]
fn bash_completes_commands_claims_and_papers() {
    if Command::new("bash").arg("--version").output().is_err() {
        println!("there is no bash: skipped");
        return;
    }
    let desk = Desk::new();
    desk.write("witness.bash", desk.witness(&["completions", "bash"]).quietly(0));
    let parsed = Command::new("bash").args(["-n", "witness.bash"]).current_dir(desk.path("")).output().unwrap();
    assert!(parsed.status.success() && parsed.stderr.is_empty(), "{parsed:?}");
    assert_eq!(offered(&desk, &["witness", "ver"]), ["verify"]);
    for words in [
        &["witness", "--claim", "JT19.descent-"][..],
        &["witness", "verify", "--claim", "JT19.descent-"],
        &["witness", "explain", "JT19.descent-"],
    ] {
        assert_eq!(offered(&desk, words), ["JT19.descent-step"], "{words:?}");
    }
    for words in [&["witness", "verify", "--paper", "J"][..], &["witness", "claims", "--paper", "J"]] {
        assert_eq!(offered(&desk, words), ["JT19"], "{words:?}");
    }
}

#[test]
fn the_manual_has_a_page_for_every_command() {
    let desk = Desk::new();
    let first = desk.witness(&["man"]).quietly(0);
    assert!(first.contains(".TH witness 1"), "{first}");
    assert_eq!(desk.witness(&["man", "--out", "."]).quietly(0), "");
    assert_eq!(desk.read("witness.1"), first);
    for command in ["verify", "claims", "explain", "run", "compare", "completions", "man", "help"] {
        let page = desk.read(&format!("witness-{command}.1"));
        assert!(page.contains(&format!(".TH witness-{command} 1")), "{page}");
        assert!(page.contains(&format!("\\fBwitness {command}\\fR")) || page.contains(&format!("witness {command}")));
    }
    let told = desk.witness(&["man", "--out", "missing"]);
    assert_eq!((told.status, told.out.as_str()), (2, ""), "{told:?}");
    assert!(told.err.contains("missing/witness.1: it cannot be written: there is no such directory"), "{told:?}");
}
