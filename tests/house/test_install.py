"""tests/browser/install.sh on machines that are not this one: it never fails, installs where it may, and says one line."""

import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

SCRIPT = Path(__file__).parents[1] / "browser" / "install.sh"
Machine = Callable[..., "subprocess.CompletedProcess[str]"]


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    """Runs the script where only the named programs exist, each given as the lines of a shell script."""
    for name in ("grep", "cat", "chmod"):
        (tmp_path / name).symlink_to(shutil.which(name) or name)

    def run(*words: str, **programs: str) -> "subprocess.CompletedProcess[str]":
        for name, lines in programs.items():
            program = tmp_path / name.replace("_", "-")
            program.write_text(f"#!/bin/sh\n{lines}\n")
            program.chmod(0o755)
        environment = {"PATH": str(tmp_path)}
        return subprocess.run(["/bin/sh", str(SCRIPT), *words], env=environment, capture_output=True, text=True, check=False)

    return run


FONTS = "echo wqy-microhei; echo Noto Color Emoji"
ROOT, GUEST = "echo 0", "echo 1000"


def test_where_all_is_there_it_says_nothing(machine: Machine) -> None:
    done = machine(chromium="exit 0", fc_list=FONTS)
    assert (done.stdout, done.stderr) == ("", "")
    assert machine("--found").returncode == 0


def test_a_machine_without_apt(machine: Machine) -> None:
    done = machine(id=ROOT)
    assert (done.stdout.count("\n"), done.stderr) == (1, "")
    assert "there is no apt-get here" in done.stdout
    assert machine("--found").returncode == 1


def test_a_guest_is_not_asked_for_a_password(machine: Machine) -> None:
    done = machine(id=GUEST, apt_get="exit 1", sudo="echo password; exit 1")
    assert done.stdout == (
        "Left out: the browser tests. No Chromium was found and only root may install it; "
        "put one on PATH, or its path into CHROMIUM.\n"
    )


def test_root_whose_network_is_down(machine: Machine) -> None:
    done = machine(id=ROOT, apt_get="echo 'Could not resolve the mirror' >&2; exit 100")
    assert done.stdout.splitlines()[0].startswith("Installing ")
    assert done.stdout.splitlines()[1].endswith("apt-get could not install it; put one on PATH, or its path into CHROMIUM.")
    assert (len(done.stdout.splitlines()), done.stderr) == (2, "")


def test_root_installs_it(machine: Machine, tmp_path: Path) -> None:
    put = f'[ "$1" = install ] && printf "#!/bin/sh\\n" > {tmp_path}/chromium && chmod 755 {tmp_path}/chromium'
    done = machine(id=ROOT, apt_get=put, fc_list=FONTS)
    assert (done.stdout.count("\n"), done.stderr) == (1, "")
    assert machine("--found").returncode == 0


def test_a_browser_without_the_fonts(machine: Machine) -> None:
    done = machine(id=GUEST, apt_get="exit 1", chromium="exit 0")
    assert (done.stdout.count("\n"), done.stderr) == (1, "")
    assert "pictures may differ" in done.stdout
