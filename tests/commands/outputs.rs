//! Where results go: what is there already, and what ends the program while it writes.

#![cfg(unix)]

use std::fs;
use std::os::unix::fs::{MetadataExt, PermissionsExt, symlink};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use super::specs::LOGISTIC;
use super::{Desk, Told, lines, witness};

/// A spec with its data in a table.
fn with_table() -> Desk {
    let data = LOGISTIC.lines().map(|line| match line.split_once(" = ") {
        Some(("x", _)) => "path = \"table.csv\"\n".to_owned(),
        Some(("y", _)) => String::new(),
        _ => format!("{line}\n"),
    });
    let desk = Desk::with_spec(&data.collect::<String>());
    desk.write("table.csv", "a,b,label\n0.5,0.25,1\n0.125,-0.5,-1\n");
    desk
}

/// A shell at this desk, to which the program is `$W`.
fn shell(desk: &Desk, script: &str) -> Told {
    let mut command = Command::new("sh");
    command.current_dir(desk.0.path()).env("W", assert_cmd::cargo::cargo_bin!("witness")).args(["-c", script]);
    Told::from(command.output().unwrap())
}

/// The program at work in the background, until it is killed.
fn start(desk: &Desk, arguments: &[&str]) -> Child {
    let mut command = Command::new(assert_cmd::cargo::cargo_bin!("witness"));
    command.current_dir(desk.0.path()).args(arguments).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap()
}

fn signal(child: &Child, name: &str) {
    assert!(Command::new("kill").args([name, &child.id().to_string()]).status().unwrap().success());
}

/// How the program ended, if it did within some seconds.
fn ended(child: &mut Child) -> Option<i32> {
    let begun = Instant::now();
    while begun.elapsed() < Duration::from_secs(20) {
        if let Some(status) = child.try_wait().unwrap() {
            return status.code();
        }
        std::thread::sleep(Duration::from_millis(20));
    }
    child.kill().unwrap();
    panic!("it did not end");
}

/// Whether this process, and so every child of it, was started with SIGHUP ignored.
fn hangups_are_ignored() -> bool {
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let mask = status.lines().find_map(|line| line.strip_prefix("SigIgn:")).map(str::trim).unwrap_or_default();
    u64::from_str_radix(mask, 16).is_ok_and(|mask| mask & 1 == 1)
}

fn endless() -> String {
    LOGISTIC.replace("steps = 20", "steps = 1000000000000").replace("every = 10", "every = 100000000000")
}

#[test]
fn results_never_take_the_place_of_what_they_are_computed_from() {
    let desk = with_table();
    fs::create_dir(desk.path("sub")).unwrap();
    fs::hard_link(desk.path("run.toml"), desk.path("hard.toml")).unwrap();
    fs::hard_link(desk.path("table.csv"), desk.path("sub/hard.csv")).unwrap();
    symlink("run.toml", desk.path("soft.toml")).unwrap();
    symlink("../soft.toml", desk.path("sub/softer.toml")).unwrap();
    symlink("table.csv", desk.path("soft.csv")).unwrap();
    let (spec, table) = (desk.read("run.toml"), desk.read("table.csv"));
    let whole = desk.path("run.toml").to_str().unwrap().to_owned();
    let before = desk.files();
    for command in [
        &["run", "run.toml"][..],
        &["run", "soft.toml", "--arithmetic", "ball:64"],
        &["compare", "./run.toml"],
        &["verify", "--claim", "JT19.descent-step", "--spec", "hard.toml"],
    ] {
        for out in [
            "run.toml",
            "./run.toml",
            "sub/../run.toml",
            "hard.toml",
            "soft.toml",
            "sub/softer.toml",
            &whole,
            "table.csv",
            "sub/hard.csv",
            "soft.csv",
        ] {
            let told = desk.witness(&[command, &["--out", out]].concat());
            assert_eq!((told.status, told.out.as_str()), (2, ""), "{out}: {told:?}");
            assert!(told.err.contains(out) && told.err.contains("which this command reads"), "{told:?}");
            assert_eq!((desk.read("run.toml"), desk.read("table.csv")), (spec.clone(), table.clone()), "{out}");
            assert_eq!(desk.files(), before);
        }
    }
    for script in [
        "$W run run.toml >>run.toml",
        "$W run run.toml --out /dev/stdout >>table.csv",
        "$W run run.toml --out /dev/fd/4 4>>table.csv",
        "cat run.toml | $W run /dev/stdin --out table.csv",
        "$W run /dev/stdin --out run.toml <run.toml",
    ] {
        let told = shell(&desk, script);
        assert_eq!(told.status, 2, "{script}: {told:?}");
        assert_eq!((desk.read("run.toml"), desk.read("table.csv")), (spec.clone(), table.clone()), "{script}");
    }
}

#[test]
fn a_report_and_a_counterexample_are_two_files() {
    let desk = Desk::new();
    let verify = ["verify", "--claim", "JT19.SL-1", "--counterexamples", "found", "--out"];
    let told = desk.witness(&[&verify[..], &["found/../found/JT19.SL-1.toml"]].concat());
    assert_eq!((told.status, told.out.as_str()), (2, ""), "{told:?}");
    assert!(told.err.contains("counterexample to JT19.SL-1"), "{told:?}");
    assert_eq!(desk.witness(&[&verify[..], &["found/report.txt"]].concat()).status, 0);
    assert!(
        desk.read("found/report.txt").contains("JT19.SL-1") && desk.read("found/JT19.SL-1.toml").contains("[init]")
    );
}

#[test]
fn what_is_open_already_is_written_where_it_stands() {
    let desk = Desk::with_spec(LOGISTIC);
    symlink("/dev/stdout", desk.path("own")).unwrap();
    for (group, out) in [
        ("{ GROUP; } >log", "/dev/stdout"),
        ("{ GROUP; } >>log", "/dev/stdout"),
        ("{ GROUP; } >log", "/dev/fd/1"),
        ("{ GROUP; } >log", "/proc/self/fd/1"),
        ("{ GROUP; } >log", "own"),
        ("{ GROUP; } 2>log >&2", "/dev/stderr"),
        ("{ GROUP; } 7>log >&7", "/dev/fd/7"),
        ("{ GROUP; } | cat >log", "/dev/stdout"),
        ("{ GROUP; } 3>&1 | cat >log", "/dev/fd/3"),
    ] {
        desk.write("log", "");
        let inode = fs::metadata(desk.path("log")).unwrap().ino();
        let script = group.replace("GROUP", &format!("echo before; \"$W\" run run.toml --out {out}; echo after"));
        assert_eq!(shell(&desk, &script).status, 0, "{script}");
        let log = desk.read("log");
        let inside = log.strip_prefix("before\n").and_then(|rest| rest.strip_suffix("after\n"));
        let inside = inside.unwrap_or_else(|| panic!("{script}: {log}"));
        assert_eq!(lines(inside).0.len(), 3, "{script}");
        assert_eq!(fs::metadata(desk.path("log")).unwrap().ino(), inode, "{script}");
        assert_eq!(desk.files(), ["log", "own", "run.toml"]);
    }
    let told = desk.witness(&["run", "run.toml", "--out", "/dev/fd/77"]);
    assert!(told.status == 2 && told.err.contains("no file is open under the number 77"), "{told:?}");
    let told = shell(&desk, "\"$W\" run run.toml --out /dev/stdin </dev/null");
    assert!(told.status == 2 && told.err.contains("/dev/stdin: it cannot be written"), "{told:?}");
}

#[test]
fn a_link_is_written_through() {
    let desk = Desk::with_spec(LOGISTIC);
    fs::create_dir(desk.path("sub")).unwrap();
    symlink("sub/there.jsonl", desk.path("link")).unwrap();
    symlink("../link", desk.path("sub/again")).unwrap();
    for out in ["link", "sub/again"] {
        desk.witness(&["run", "run.toml", "--out", out]).quietly(0);
        assert_eq!(lines(&desk.read("sub/there.jsonl")).0.len(), 3);
        assert!(desk.path("link").is_symlink() && desk.path("sub/again").is_symlink());
        fs::remove_file(desk.path("sub/there.jsonl")).unwrap();
    }
    symlink("round", desk.path("round")).unwrap();
    symlink("nowhere/out", desk.path("lost")).unwrap();
    for (out, part) in [("round", "leads back to itself"), ("lost", "no such directory"), ("new/", "a directory")] {
        let told = desk.witness(&["run", "run.toml", "--out", out]);
        assert!(told.status == 2 && told.err.contains(part), "{told:?}");
    }
    assert_eq!(desk.files(), ["link", "lost", "round", "run.toml", "sub"]);
}

#[test]
fn the_mode_of_a_file_stays() {
    let desk = Desk::with_spec(LOGISTIC);
    for mode in [0o600, 0o640, 0o664, 0o755] {
        desk.write("old.jsonl", "old");
        fs::set_permissions(desk.path("old.jsonl"), fs::Permissions::from_mode(mode)).unwrap();
        let before = fs::metadata(desk.path("old.jsonl")).unwrap();
        desk.witness(&["run", "run.toml", "--out", "old.jsonl"]).quietly(0);
        let after = fs::metadata(desk.path("old.jsonl")).unwrap();
        assert_eq!(after.mode() & 0o7777, mode);
        assert_eq!((after.uid(), after.gid()), (before.uid(), before.gid()));
        assert_eq!(lines(&desk.read("old.jsonl")).0.len(), 3);
    }
}

#[test]
fn every_signal_that_ends_it_keeps_what_was_finished() {
    let desk = Desk::with_spec(&endless());
    for (name, status) in [("-INT", 130), ("-TERM", 143), ("-HUP", 129), ("-QUIT", 131)] {
        // Whoever tests under `nohup` hands that down, and then a hangup must not end the program.
        if name == "-HUP" && hangups_are_ignored() {
            continue;
        }
        let mut child = start(&desk, &["run", "run.toml", "--out", "run.jsonl"]);
        while desk.files().len() < 2 {
            std::thread::sleep(Duration::from_millis(20));
        }
        signal(&child, name);
        // A shell, its terminal and `timeout` tell it twice.
        signal(&child, name);
        assert_eq!(ended(&mut child), Some(status), "{name}");
        let (records, summary) = lines(&desk.read("run.jsonl"));
        assert_eq!(summary["outcome"], "interrupted", "{name}");
        assert_eq!(records[records.len() - 1]["t"], summary["last_t"]);
        assert_eq!(desk.files(), ["run.jsonl", "run.toml"], "{name}");
        fs::remove_file(desk.path("run.jsonl")).unwrap();
    }
}

#[test]
fn a_verification_that_is_ended_is_marked() {
    let desk = Desk::new();
    let claims = ["verify", "--claim", "JT19.norm-gap-gd", "--instances", "1000000"];
    let mut child = start(&desk, &[&claims[..], &["--format", "json", "--out", "report.json"]].concat());
    while desk.files().is_empty() {
        std::thread::sleep(Duration::from_millis(20));
    }
    signal(&child, "-TERM");
    assert_eq!(ended(&mut child), Some(143));
    let report: serde_json::Value = serde_json::from_str(&desk.read("report.json")).unwrap();
    assert_eq!((&report["interrupted"], desk.files().len()), (&true.into(), 1));
}

#[test]
#[cfg(target_os = "linux")]
fn a_hangup_that_is_ignored_ends_nothing() {
    let desk = Desk::with_spec(&endless());
    let script = "trap '' HUP; exec \"$W\" run run.toml --out run.jsonl";
    let mut command = Command::new("sh");
    command.current_dir(desk.0.path()).env("W", assert_cmd::cargo::cargo_bin!("witness")).args(["-c", script]);
    let mut child = command.spawn().unwrap();
    while desk.files().len() < 2 {
        std::thread::sleep(Duration::from_millis(20));
    }
    signal(&child, "-HUP");
    std::thread::sleep(Duration::from_millis(700));
    assert_eq!(child.try_wait().unwrap(), None);
    signal(&child, "-TERM");
    assert_eq!(ended(&mut child), Some(143));
    assert_eq!(desk.files(), ["run.jsonl", "run.toml"]);
}

#[test]
fn whoever_cannot_wait_leaves_no_file() {
    // One step in a million bits takes long.
    let slow = endless().replace("every = 100000000000", "every = 1");
    let desk = Desk::with_spec(&slow);
    let mut child = start(&desk, &["run", "run.toml", "--arithmetic", "ball:1000000", "--out", "run.jsonl"]);
    while desk.files().len() < 2 {
        std::thread::sleep(Duration::from_millis(20));
    }
    signal(&child, "-TERM");
    std::thread::sleep(Duration::from_millis(800));
    if child.try_wait().unwrap().is_none() {
        signal(&child, "-TERM");
        assert_eq!(ended(&mut child), Some(143));
        assert_eq!(desk.files(), ["run.toml"]);
    }
}

#[test]
fn nothing_is_computed_that_nobody_reads() {
    let desk = Desk::with_spec(&endless());
    let long = ["verify", "--claim", "JT19.norm-gap-gd", "--instances", "1000000"];
    for (arguments, status) in [
        (vec!["run", "run.toml"], 0),
        (vec!["run", "run.toml", "--out", "/dev/stdout"], 0),
        (vec!["run", "run.toml", "--arithmetic", "ball:64"], 0),
        (vec!["compare", "run.toml"], 141),
        (long.to_vec(), 141),
        ([&long[..], &["--format", "json"]].concat(), 141),
    ] {
        let mut child = start(&desk, &arguments);
        std::thread::sleep(Duration::from_millis(500));
        assert_eq!(child.try_wait().unwrap(), None, "{arguments:?}");
        drop(child.stdout.take());
        assert_eq!(ended(&mut child), Some(status), "{arguments:?}");
        let told = child.wait_with_output().unwrap();
        assert_eq!(String::from_utf8(told.stderr).unwrap(), "", "{arguments:?}");
    }
    // What is printed at once is no different.
    let told = shell(&desk, "\"$W\" claims | head -n 1; \"$W\" explain JT19.SL-1 | true");
    assert_eq!((told.status, told.err.as_str()), (0, ""));
    assert_eq!(witness().arg("claims").output().unwrap().status.code(), Some(0));
}
