"""What all tests share: Hypothesis profiles, and the folder of real recordings where there is one."""

from __future__ import annotations

import os
import shutil
import signal
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import pytest
from hypothesis import HealthCheck, settings
from playwright.sync_api import Browser, expect, sync_playwright

expect.set_options(timeout=20_000)  # what is really not there costs a failing test alone; machines may be slow

# a shell that starts the tests in the background has them, and all they start, ignore Ctrl-C
signal.signal(signal.SIGINT, signal.default_int_handler)

settings.register_profile(
    "ci", max_examples=100, derandomize=True, deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
settings.register_profile("nightly", max_examples=10_000, deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "ci"))


@pytest.fixture(scope="session")
def corpus() -> Path:
    """The folder of real recordings, with its `catalog.jsonl`; its tests are skipped where there is none."""
    folder = os.environ.get("CASTSITE_CORPUS")
    if not folder:
        pytest.skip("CASTSITE_CORPUS names no folder of real recordings")
    return Path(folder)


# what Playwright itself turns off, and pages behind the address bar that each new window would load and draw
WITHOUT: Final = (
    "AvoidUnnecessaryBeforeUnloadCheckSync", "DestroyProfileOnBrowserClose", "HttpsFirstBalancedModeAutoEnable",
    "HttpsUpgrades", "LensOverlay", "MediaRouter", "OptimizationHints", "PaintHolding", "ThirdPartyStoragePartitioning",
    "WebUIOmniboxAimPopup", "WebUIOmniboxPopup",
)  # fmt: skip


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """The one Chromium of a test process: Playwright's two loops in one thread do not bear each other."""
    path = shutil.which("chromium")
    if path is None:
        pytest.skip("chromium is missing")
    with sync_playwright() as playwright:
        flags = ["--no-sandbox", "--disable-background-networking", f"--disable-features={','.join(WITHOUT)}"]
        chromium = playwright.chromium.launch(executable_path=path, args=flags)
        yield chromium
        chromium.close()


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--update-golden", action="store_true", help="rewrite the expected outputs instead of comparing")
