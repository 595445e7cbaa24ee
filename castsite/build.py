"""The pipeline: a content folder becomes a site. One function, called by the command line, servers and tests alike."""

from __future__ import annotations

import os
from array import array
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from datetime import UTC, datetime
from functools import lru_cache, partial
from itertools import chain
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final, NamedTuple

from msgspec import Struct, field
from msgspec.structs import replace

from castsite import collector
from castsite.artifact import Publishable
from castsite.cache import Cache, code_version
from castsite.config import SiteConfig
from castsite.errors import ConfigError, Place, Problem, Severity, quote
from castsite.examination import CHANGED
from castsite.export.published import Makers, Studio, exports
from castsite.export.take import Made, Take
from castsite.files import describe_os_error
from castsite.former import with_former
from castsite.limits import Limits, moved_by, size_text
from castsite.memory import Memory, Store
from castsite.output.audit import Audit
from castsite.output.lock import hold
from castsite.output.manifest import MANIFEST
from castsite.output.plan import Plan, plan
from castsite.output.report import Report
from castsite.output.standing import Standing, looked_at
from castsite.output.target import Target, refuse
from castsite.output.write import clean as remove_output
from castsite.output.write import larger, publish
from castsite.privacy import Ask, Private, Setting, inspect, nobody, seclude
from castsite.render import prose
from castsite.render.assets import Assets, make_assets, shipped_files
from castsite.render.beside import related_problems
from castsite.render.catalogue import base_path
from castsite.render.channels import channels
from castsite.render.choices import Choices, choices
from castsite.render.env import BrokenTemplateError, Templates, group, load_templates
from castsite.render.files import host_files, recording_files
from castsite.render.foreign import foreign_files, foreign_problems
from castsite.render.hosted import hosted_files
from castsite.render.listing import lead_problems
from castsite.render.looks import LOOKS, terminal_sheet
from castsite.render.loose import loose_ends
from castsite.render.machines import machine_files, machine_problems
from castsite.render.masthead import footer_problems, navigation_problems
from castsite.render.moved import MOVED, Signpost, alias_pages, with_free_aliases
from castsite.render.pages import pages
from castsite.render.pictures import album
from castsite.render.private import Desk, Locked, locked, written
from castsite.render.search_index import search_files
from castsite.render.shelf import shelve
from castsite.render.shell import CODE, drawer
from castsite.render.shown import SHOWN
from castsite.render.vanished import Published, vanished
from castsite.render.words import Words
from castsite.research import SILENT, UNFINISHED, Archive, Progress, research
from castsite.safety.gate import Looked, by_file
from castsite.scanners import scanned
from castsite.site.allowlist import NOBODY, AllowList, read_allow_list
from castsite.site.documents import read_documents
from castsite.site.model import Document, Site
from castsite.site.organise import empty_sections, organise
from castsite.site.private import parted
from castsite.site.selection import waiting, wanted, why_not
from castsite.site.settings import look_at_settings, says_a_secret
from castsite.site.sources import Kind, SourceFile, scan
from castsite.site.static import STATIC, static_files
from castsite.site.withheld import LOCKED_OUT, says_or_may_say
from castsite.site.written import where_written
from castsite.spread import Spread, copies, serially
from castsite.stages import Stage, Stages
from castsite.theme import Theme, load_theme
from castsite.underway import recordings_underway
from castsite.workers import BoundedExecutor, WorkerExecutor
from castsite.workfolder import WORK_FOLDER, scratch

OPTIONS_SHEET = "css/options.css"
"""Name of the style sheet that holds the theme's colour options."""
WRITTEN: Final = frozenset({OPTIONS_SHEET, LOOKS, CODE})
"""Names of files that are made here, whatever a theme has."""
_NAMED: Final = 3
"""Files that are too large, and are named."""
NEARLY_FULL: Final = 0.8
"""Share of what hosts take from which it is told before anything is published."""
_NOT_YET: Final = frozenset({"cast-no-events", "cast-cut-off", CHANGED})
"""What is no fault of a recording that is being made."""
SELDOM = 50
"""Once one of so many recordings was examined since the last time, the cache is looked through: it takes a second."""


class Options(Struct, frozen=True, kw_only=True):
    """How to build, as far as the configuration does not say."""

    drafts: bool = False
    future: bool = False
    jobs: int = 0
    """worker processes; 0 for one each processor"""
    scheduler: str = ""
    """address of a Dask cluster that examines recordings, but for private ones; empty: this machine does"""
    force: bool = False
    durable: bool = False
    passphrase: Ask = nobody
    """asked as soon as there are private recordings, and again where it is used"""
    private: bool = False
    """the output is looked at on this machine only, so that it may lie in the work folder"""
    rehash: bool = False
    """read every file of content and static and compare every published one, whatever their times say"""
    underway: bool = False
    """take what is being recorded at this moment, too, as far as it has come"""
    former: bool = False
    """show of what is broken now what the last build of this process has shown of it"""
    signing: bool = False
    """sign findings with the site's key, so that values can be allowed"""
    now: datetime = field(default_factory=lambda: datetime.now(UTC))


OF_NEW: Final = (
    "recording.html", "embed.html", "gallery.html", "stats.html",
    "base.html", "parts.html", "figures.html", "share.html", "transcript.html",
)  # fmt: skip
"""Templates of the pages that a new recording changes, and what those of the default theme are made of."""


class Survey(Struct, frozen=True):
    """The content folder as a site, and everything that was found wrong in it. `found` counts its recordings."""

    site: Site
    found: int
    problems: tuple[Problem, ...]
    archive: Archive
    others: tuple[SourceFile, ...]
    """files that are neither recordings nor texts, which texts may refer to"""
    moment: int
    """when the content folder was looked at, nanoseconds since 1970"""
    looked: tuple[Looked, ...] = ()
    """what was looked through for credentials, and what was found"""
    private: tuple[Document, ...] = ()
    """recordings that the site does not know"""
    allowed: AllowList = NOBODY
    """findings that are no secrets"""
    shown: tuple[tuple[str, str], ...] = ()
    """recordings with the pages that show them, by path, where those are items of another name"""
    withheld: tuple[tuple[str, str], ...] = ()
    """paths of items that were left out as their owner wants it, with the code of the message about it"""
    files: tuple[SourceFile, ...] = ()
    """all that lie in the content folder"""
    documents: tuple[Document, ...] = ()
    """all that could be read, whether the site knows them or not"""
    silent: tuple[Document, ...] = ()
    """recordings that are being made and have shown nothing yet"""
    pages: int = 0
    """how many pages of Markdown there are, those with errors included"""


class Built(Struct, frozen=True):
    """What came of a build. `report` is None when nothing was published; `problems` are all there are, by place."""

    survey: Survey
    report: Report | None
    problems: tuple[Problem, ...]
    stages: tuple[Stage, ...] = ()
    """where the time went"""
    private: int = 0
    """how many private recordings are published"""
    places: tuple[tuple[str, str], ...] = ()
    """of a check: every path in the output folder, but for search and the manifest, with what takes it"""

    @property
    def is_bare(self) -> bool:
        """Whether no recording is left of those that there are, and something is held back, or may be."""
        left = self.survey.site.recordings or self.private
        return bool(self.survey.found and not left) and any(map(_holds_back, self.problems))


class Layout(Struct, frozen=True):
    """Every file of a site in its place, none of them made yet, and what is wrong with theme, texts and addresses."""

    plan: Plan
    problems: tuple[Problem, ...]
    site: Site
    """as it is published: without exports that were refused"""


def build(  # noqa: PLR0913 - all but the first are named
    project: Path,
    config: SiteConfig,
    options: Options,
    progress: Progress = SILENT,
    *,
    executor: WorkerExecutor | None = None,
    memory: Memory | None = None,
    standing: Standing | None = None,
) -> Built:
    """Build the site of a project into its output folder.

    Nothing is published when no recording is left because of errors that hold nothing back, when the configuration or
    a text would tell a secret, or with `config.strict` when an item had to be left out. Raises
    CastsiteError when nothing can be published at all; the output folder is then as it was. An `executor` and a
    `memory` of the project that are given stay their owner's; else there are ones for this build. `standing` is what
    the last build left in an output folder that nobody else writes to.
    """
    target, stages = target_of(project, config, options), Stages()
    refuse(target)
    with hold(target), ExitStack() as stack:
        executor = executor or stack.enter_context(workers(config, options))
        near = None if options.scheduler else executor  # what is private stays on this machine
        cache = Cache(target.work)
        memory = memory or stack.enter_context(remembered(target.work))
        seen = bytes if options.rehash or standing else stack.enter_context(looked_at(target, options.jobs))
        dressed = lru_cache(maxsize=1)(partial(dress, project, config))
        look = partial(
            survey, project, config, options, cache, executor, progress, memory, stages, partial(_prepare, dressed)
        )
        hide = partial(seclude, work=target.work, published=target.root, ask=options.passphrase)
        for _ in range(2):  # once more where somebody has saved meanwhile, who may do so all the time
            surveyed, private = look(), Private()
            if surveyed.private:
                near = near or stack.enter_context(workers(config, replace(options, scheduler="")))
                with stages("private"):
                    private = hide(_setting(project, surveyed, options, near, progress), surveyed.private)
            if not any(problem.code == CHANGED for problem in (*surveyed.problems, *private.problems)):
                break
        executor.rest()
        folder = stack.enter_context(scratch(target.work, f"search-{target.tag}"))
        layout = lay_out(
            project,
            surveyed,
            dressed(),
            spread=copies(options.jobs),
            folder=folder,
            memory=memory,
            stages=stages,
            rehash=options.rehash,
            private=private,
        )
        archives = [one for one in (surveyed.archive, private.archive) if one]
        with stages("memory"):
            filling = _Filling(memory.store("pruning", int), archives)
            filling.count()
            memory.save()
        problems = in_order((*surveyed.problems, *private.problems, *layout.problems))
        is_new = not (target.root / MANIFEST).exists()
        if is_refused(surveyed, problems, strict=config.strict, private=private, is_new=is_new):
            return Built(surveyed, None, problems, tuple(stages.done))
        # what is only looked at, by its owner, is not published
        audit = None if target.preview or target.private else _audit(target, surveyed, layout.site, private, problems)
        with stages("files"), collector.spared():
            report = publish(
                target,
                layout.plan,
                spread=copies(options.jobs),
                rehash=options.rehash,
                announce=audit.announce if audit else None,
                standing=standing,
                seen=seen,
                most=config.limits.output_file_size,
            )
            if audit:
                audit.conclude()
        with stages("memory"):
            filling.prune(cache)
            memory.settle()
    problems = in_order((*problems, *report.problems, *_too_large(target, report.size, report.large, config.limits)))
    return Built(surveyed, report, problems, tuple(stages.done), private.count)


def _audit(target: Target, surveyed: Survey, site: Site, private: Private, problems: tuple[Problem, ...]) -> Audit:
    hidden = [(one.source, one.slug) for one in private.recordings] if private.group else []
    hidden += [(one.source, one.slug) for one in private.kept]
    return Audit(target, site, problems, shown=surveyed.shown, withheld=surveyed.withheld, private=tuple(hidden))


class _Filling(Struct, frozen=True):
    """How full the cache gets: what was examined since it was looked through, however those builds have ended."""

    store: Store[int]
    archives: Sequence[Archive]

    def count(self) -> None:
        """Count what this build has examined."""
        if examined := sum(archive.examined for archive in self.archives):
            self.store.put("examined", b"", self._waiting() + examined)

    def prune(self, cache: Cache) -> None:
        """Look through the cache if that pays."""
        if (waiting := self._waiting()) and waiting * SELDOM >= sum(len(archive.tasks) for archive in self.archives):
            cache.prune(chain.from_iterable(archive.entries() for archive in self.archives))
            self.store.put("examined", b"", 0)
            self.store.save()

    def _waiting(self) -> int:
        return self.store.get("examined", b"") or 0


@contextmanager
def remembered(work: Path) -> Iterator[Memory]:
    """Provide what a project remembers of its small things."""
    memory = Memory(work, code_version())
    try:
        yield memory
    finally:
        memory.close()


def _too_large(
    target: Target, size: int, large: Sequence[tuple[str, int]], limits: Limits, *, from_share: float = 1.0
) -> Iterator[Problem]:
    """Say when hosts will not take the whole site, or some of its files; `from_share` of what they take is told."""
    place = Place(target.shown(target.root))
    if size > from_share * limits.site_size:
        most = f"{size_text(limits.site_size)} {moved_by('site_size')}"
        text = f"the site has {size_text(size)}; hosts like GitHub Pages take {most}"
        yield Problem(Severity.WARNING, place, "site-large", text)
    if large:
        named = ", ".join(f"{quote(path, 120)} has {size_text(size)}" for path, size in large[:_NAMED])
        more = f" and {len(large) - _NAMED:,} more are larger" if len(large) > _NAMED else ""
        most = f"{size_text(limits.output_file_size)} {moved_by('output_file_size')}"
        text = f"{named}{more}; hosts like GitHub take files of {most}"
        yield Problem(Severity.WARNING, place, "file-large", text)


def check(  # noqa: PLR0913 - half of them are named
    project: Path,
    config: SiteConfig,
    options: Options,
    progress: Progress = SILENT,
    *,
    external: bool = False,
    former: Iterable[Published] = (),
) -> Built:
    """Find everything that `build` would complain about; the project is not written to.

    `external`: and what those programs say that the owner names, which are run. `former`: and which of these addresses
    would lead nowhere.

    Raises ConfigError as `build` does, with every fault of a template once, however many pages it breaks.
    """
    refuse(target_of(project, config, options))
    with TemporaryDirectory(prefix="castsite-") as folder, workers(config, options) as executor:
        cache = Cache(Path(folder), behind=Cache(project / WORK_FOLDER))
        surveyed = survey(project, config, options, cache, executor, progress)
        private = inspect(_setting(project, surveyed, options, executor, progress), surveyed.private, work=Path(folder))
        executor.rest()
        dressed = dress(project, config, sandboxed=True)
        layout = lay_out(project, surveyed, dressed, spread=copies(options.jobs), private=private)
        sizes, broken = _tried(layout.plan)
        if faults := group(broken, dressed.templates.faults()):
            raise ConfigError(*faults)
        large = larger(layout.plan, sizes, config.limits.output_file_size)
        target = target_of(project, config, options)
        heavy = _too_large(target, sum(sizes), large, config.limits, from_share=NEARLY_FULL)
        gone = vanished(former, base_path(config.base_url), {one.path for one in layout.plan.artifacts})
        others = (*loose_ends(dressed.templates), *gone, *heavy, *(_scanned(surveyed) if external else ()))
    looked = by_file((*surveyed.looked, *private.looked))
    problems = in_order((*surveyed.problems, *private.problems, *layout.problems, *others))
    places = tuple((one.path, one.owner) for one in layout.plan.artifacts)
    return Built(replace(surveyed, looked=looked), None, problems, places=places)


def _scanned(surveyed: Survey) -> Iterator[Problem]:
    config, load = surveyed.site.config, surveyed.archive.analysis
    transcripts = (
        (recording.slug, "\n".join(line.text for line in load(recording.key).lines))
        for recording in surveyed.site.recordings
    )
    return scanned(config.secrets.external, transcripts, Place("castsite.yml"))


def _setting(
    project: Path, surveyed: Survey, options: Options, executor: WorkerExecutor, progress: Progress
) -> Setting:
    config = surveyed.site.config
    return Setting(config, options.now, project / config.content, executor, progress, surveyed.allowed)


def new_executor(limits: Limits, jobs: int, *, lasting: bool = False) -> BoundedExecutor:
    """Make an executor for recordings; 0 jobs for one each processor. Its processes outlast a build if `lasting`."""
    return BoundedExecutor(
        jobs or os.cpu_count() or 1,
        seconds=limits.seconds_per_recording,
        memory=limits.worker_memory,
        preload=("castsite.examiner",),
        lasting=lasting,
    )


def _cluster(config: SiteConfig, options: Options) -> WorkerExecutor:
    from castsite.cluster.executor import connect  # noqa: PLC0415 - only who has one pays for it

    return connect(options.scheduler, config.limits)


@contextmanager
def workers(config: SiteConfig, options: Options) -> Iterator[WorkerExecutor]:
    """Provide the one executor of a build; its processes are ended at once when the build ends early."""
    executor = _cluster(config, options) if options.scheduler else new_executor(config.limits, options.jobs)
    try:
        yield executor
    except BaseException:
        executor.shutdown(cancel_futures=True)
        raise
    executor.shutdown()


def clean(project: Path, config: SiteConfig, options: Options) -> Report:
    """Remove what was published, and the cache; the audit trail and the site key stay."""
    target = target_of(project, config, options)
    refuse(target)
    with hold(target):
        Cache(target.work).clear()  # first: on a full disk it is the room that removing the rest takes
        return remove_output(target)


def survey(  # noqa: PLR0913, PLR0917 - everything a build has
    project: Path,
    config: SiteConfig,
    options: Options,
    cache: Cache,
    executor: WorkerExecutor,
    progress: Progress = SILENT,
    memory: Memory | None = None,
    stages: Stages | None = None,
    meanwhile: Callable[[], None] = lambda: None,
) -> Survey:
    """Find out what the site holds, examining those recordings that are not remembered.

    `meanwhile` is called, if there are any, while workers have them.
    """
    measured = stages or Stages()
    content = project / config.content
    if content.is_symlink():
        text = "links are not followed; put the folder itself here, or name it with content: in castsite.yml"
        raise ConfigError(Problem(Severity.FATAL, Place(config.content), "link", text))
    if not content.is_dir():
        lacking = "is no folder" if content.exists() else "there is no such folder"
        text = f"{lacking}; make it and put a .cast file into it, or say content: in castsite.yml"
        raise ConfigError(Problem(Severity.FATAL, Place(config.content), "no-content", text))
    try:
        os.scandir(content).close()
    except OSError as error:  # of one that is empty nothing would be left of what is published
        text = describe_os_error(error)
        raise ConfigError(Problem(Severity.FATAL, Place(config.content), "unreadable", text)) from error
    allowed = read_allow_list(project, key=config.site_key or "", now=options.now, signing=options.signing)
    with measured("content"), collector.paused(lasting=True):
        found = scan(
            content,
            label=config.content,
            ignore=config.ignore,
            limits=config.limits,
            memory=memory,
            rehash=options.rehash,
        )
        read = read_documents(
            content,
            found,
            config,
            memory,
            rehash=options.rehash,
            allowed=allowed,
            spread=copies(options.jobs),
            on_new=executor.awaken,
        )
    underway = recordings_underway(project, ((f"{config.content}/{one.name}", one.stamp.inode) for one in found.files))
    hidden = frozenset[str]() if options.underway else underway
    kept, held_back = wanted(
        read.documents,
        config=config,
        now=options.now,
        drafts=options.drafts,
        future=options.future,
        underway=hidden,
        where=partial(where_written, project),
    )
    shown, private = parted(kept, config)
    if private:
        options.passphrase()  # who has to be asked is asked before any progress is shown
    with measured("recordings"):
        known = research(
            shown,
            content=content,
            config=config,
            cache=cache,
            executor=executor,
            progress=progress,
            memory=memory,
            allowed=allowed,
            meanwhile=meanwhile,
        )
    why = partial(
        why_not, config=config, now=options.now, drafts=options.drafts, future=options.future, underway=hidden
    )
    if options.former and memory:
        told = (*read.problems, *known.problems)
        left_out = {one.path for one in read.documents} - {one.path for one in shown}
        left_out |= {one.path for one in read.failed if why(one)} | read.private | read.unsure
        shown, known = with_former(shown, known, found.files, told, held_back=left_out, config=config, memory=memory)
    with measured("site"), collector.paused(lasting=True):
        organised = organise(shown, known.facts, config=config, now=options.now, underway=underway, memory=memory)
    settings, told_of_settings = look_at_settings(project, config.secrets, allowed)
    stale = (*allowed.problems, *allowed.stale(one.digest for one in (*settings, *read.looked)))
    of_recordings = (one for one in known.problems if not (one.place.path in underway and one.code in _NOT_YET))
    told = (*told_of_settings, *found.problems, *read.problems, *held_back, *of_recordings)
    problems = (*told, *organised.problems, *empty_sections((*read.documents, *read.failed), organised.site), *stale)
    beside = tuple(file for file in found.files if file.kind is Kind.OTHER)
    looked = by_file((*settings, *read.looked, *known.looked))
    named = ((document.recording_path, document.path) for document in kept if document.recording_path)
    paths = {document.path for document in kept}
    left = (document for document in read.documents if document.path not in paths)
    return Survey(
        organised.site,
        read.recordings,
        problems,
        known.archive,
        beside,
        found.moment,
        looked,
        private,
        allowed,
        shown=tuple((recording, item) for recording, item in named if recording != item),
        withheld=tuple((document.path, problem.code) for document in left if (problem := why(document))),
        files=found.files,
        documents=read.documents,
        silent=tuple(one for one in shown if one.recording_path in underway and one.path not in known.facts),
        pages=sum(one.kind == "page" for one in (*read.documents, *read.failed)),
    )


def _tried(planned: Plan) -> tuple[array[int], list[BrokenTemplateError]]:
    """Make every file for its size alone, and go on after those that a template breaks."""
    sizes, broken = array("Q", bytes(8 * len(planned.artifacts))), []
    for number, artifact in enumerate(planned.artifacts):
        try:
            sizes[number] = len(artifact.body())
        except BrokenTemplateError as error:
            broken.append(error)
    return sizes, broken


class Dress(NamedTuple):
    """A theme with the choices made of it: what all pages look like."""

    theme: Theme
    choices: Choices
    assets: Assets
    templates: Templates


def dress(project: Path, config: SiteConfig, *, sandboxed: bool = False) -> Dress:
    """Load the theme of a site; templates of one that is not trusted are `sandboxed`. Raises ConfigError."""
    theme = load_theme(config.theme, site=project, language=config.language)
    chosen = choices(theme)
    options = theme.style_sheet() + terminal_sheet(chosen.terminal)
    options_sheet = {OPTIONS_SHEET: options} if options else {}
    assets = make_assets({**shipped_files(), **theme.read_static(), **options_sheet}, dict(theme.sources))
    templates = load_templates(
        theme.layers, words=Words(theme.strings), variables={"theme": theme.option_values()}, sandboxed=sandboxed
    )
    return Dress(theme, chosen, assets, templates)


def _displaced(theme: Theme) -> Iterator[Problem]:
    """Tell of files of a theme in whose place the build puts its own."""
    for name, shown in theme.sources:
        if name in WRITTEN:
            text = "is not used: the build writes a file of that name; take another one"
            yield Problem(Severity.WARNING, Place(shown), "displaced-asset", text)


def _prepare(dressed: Callable[[], Dress]) -> None:
    """Compile the templates of what a new recording changes; whoever needs them tells what is wrong with them."""
    with suppress(ConfigError):
        dressed().templates.prepare(OF_NEW)


def lay_out(  # noqa: PLR0913 - everything a build has
    project: Path,
    surveyed: Survey,
    dressed: Dress,
    *,
    spread: Spread = serially,
    folder: Path | None = None,
    memory: Memory | None = None,
    stages: Stages | None = None,
    rehash: bool = False,
    private: Private | None = None,
) -> Layout:
    """Give every file of the site a place.

    Texts are read on the way, by `spread`, since what is wrong in them has to be known before anything is published.
    The index of search is made in `folder`, which has to last until it is published; without one it is left out.
    Pictures and static files that are known by their stamps are not read, unless `rehash`.
    """
    site, archive, measured = surveyed.site, surveyed.archive, stages or Stages()
    theme, chosen, assets, templates = dressed
    load = lru_cache(maxsize=2)(archive.analysis)  # the files of one recording are made one after the other
    with measured("exports"):
        exported = exports(
            Studio(
                site,
                load,
                archive.cast,
                partial(makers, dressed, site.config.language),
                chosen.terminal,
                project / site.config.content,
                project / site.config.output,
                folder and folder / "exports",
            ),
            fingerprint=code_version(),
            theme=theme.fingerprint,
            memory=memory or Memory(),
            spread=spread,
        )
        site = exported.site
    draw = drawer(load)
    with measured("pictures"):
        content = project / site.config.content
        pictures = album(
            site,
            surveyed.others,
            content,
            load_frame=archive.frame,
            memory=memory,
            moment=surveyed.moment,
            rehash=rehash,
        )
    expected = waiting(surveyed.documents, surveyed.withheld, site.config)
    static = static_files(project, site.config.limits, rehash=rehash)
    own = {artifact.path for artifact in static.artifacts}
    files = own.union(artifact.path for artifact in exported.artifacts)
    shelf = shelve(site, pictures.pictures, memory, files=files, waiting=expected)
    lists = channels(shelf)
    shelf = replace(shelf, fed=lists.keys())
    made = machine_files(shelf, lists, fingerprint=code_version(), words=templates.words)
    signpost = Signpost(site.config.language, site.config.base_url, templates.words, assets.path(MOVED))
    foreign = foreign_files(shelf, load_cast=archive.cast, fingerprint=code_version(), signpost=signpost)
    with measured("texts"):
        texts = tuple(prose.problems(shelf, spread))
    hidden = Seclusion(private.kept if private else ())
    if private and private.archive:
        with measured("private"):
            of_private = lru_cache(maxsize=1)(private.archive.analysis)
            desk = Desk(shelf, templates.words, chosen.terminal, of_private, private.archive.cast)
            hidden = _secluded(desk, private, folder)
    with measured("search"):
        found = tuple(
            search_files(
                shelf,
                load=load,
                terms=archive.terms,
                former=archive.former_terms,
                folder=folder,
                published=project / site.config.output,
                memory=memory or Memory(),
                fingerprint=code_version(),
                spread=spread,
            )
            if folder
            else ()
        )
    with measured("plan"):
        artifacts: list[Publishable] = [
            *assets.artifacts(),
            *exported.artifacts,
            *recording_files(
                shelf,
                load=load,
                load_cast=archive.cast,
                draw=draw,
                cover=pictures.cover,
                fingerprint=f"{code_version()}{chosen.terminal}",
                terminal=chosen.terminal,
            ),
            *pages(
                shelf,
                templates=templates,
                assets=assets,
                load=load,
                load_uses=archive.uses,
                fingerprint=code_version() + theme.fingerprint,
                draw=draw,
                choices=chosen,
                lists=lists,
                private=hidden.pages,
            ),
            *pictures.artifacts,
            *static.artifacts,
            *(one for one in chain(made, foreign, found) if one.path not in own),
        ]
        site, taken = with_free_aliases(site, artifacts)
        hosts, refused = host_files(site)
        artifacts += (*hosted_files(site, artifacts, signpost), *alias_pages(site, signpost), *hosts)
        planned = plan(artifacts, site.config.limits, memory)
    where = partial(where_written, project)
    of_theme = (*lead_problems(shelf, chosen.lead, where), *footer_problems(shelf, chosen.footer, where))
    told = (
        *navigation_problems(shelf, {artifact.path for artifact in planned.artifacts}, where),
        *texts,
        *related_problems(shelf),
        *machine_problems(shelf),
        *foreign_problems(shelf),
        *of_theme,
    )
    shelf.guesses.settle()
    problems = (
        *theme.problems,
        *_displaced(theme),
        *assets.problems,
        *taken,
        *refused,
        *static.problems,
        *planned.problems,
        *exported.problems,
        *told,
        *hidden.problems,
    )
    return Layout(planned, problems, site)


class Seclusion(NamedTuple):
    """The private recordings as they are published, and what is wrong in their texts."""

    pages: tuple[Locked, ...]
    problems: tuple[Problem, ...] = ()


def _secluded(desk: Desk, private: Private, folder: Path | None) -> Seclusion:
    """Encrypt the private recordings, or where nobody opens them only look at their texts."""
    if private.group is None or folder is None:
        return Seclusion((), tuple(chain.from_iterable(written(desk, one)[1] for one in private.recordings)))
    found = list(locked(desk, private.recordings, private.formers, private.group, folder / "private"))
    return Seclusion(tuple(one for one, _ in found), tuple(chain.from_iterable(told for _, told in found)))


def makers(dressed: Dress, language: str) -> Makers:
    """Give what makes each kind of export."""
    from castsite.export.kinds import MAKERS  # noqa: PLC0415 - a site that asks for none does without Pillow
    from castsite.export.offline import offline  # noqa: PLC0415 - the same

    def html(take: Take) -> Made:
        return Made(
            offline(
                take,
                templates=dressed.templates,
                assets=dressed.assets,
                choices=dressed.choices,
                language=language,
            )
        )

    return {**MAKERS, "html": html}


def target_of(project: Path, config: SiteConfig, options: Options) -> Target:
    """Give the output folder of a project."""
    return Target(
        root=Path(os.path.normpath(project / config.output)),
        work=project / WORK_FOLDER,
        project=project,
        sources=tuple(project / name for name in (config.content, STATIC, "templates", "strings", "themes")),
        identity=config.base_url or config.title,
        force=options.force,
        durable=options.durable,
        preview=options.drafts or options.future,
        private=options.private,
    )


def is_refused(surveyed: Survey, problems: Iterable[Problem], *, strict: bool, private: Private, is_new: bool) -> bool:
    """Tell whether the site is better left as it is. Of one that `is_new` no private recording is published yet."""
    left = surveyed.site.recordings or private.count
    of_items = [one for one in (*surveyed.problems, *private.problems) if one.severity is Severity.ERROR]
    nothing_left = surveyed.found > 0 and not left and bool(of_items)
    # what is held back is removed, also where it is all there is
    held = any(_holds_back(one) and not (is_new and one.code == LOCKED_OUT) for one in of_items)
    errors = [problem for problem in problems if problem.severity is Severity.ERROR]
    return (nothing_left and not held) or (strict and bool(errors)) or any(map(_tells_a_secret, errors))


def _tells_a_secret(problem: Problem) -> bool:
    """Whether an error is about a credential that no item can be held back for."""
    return problem.code == SHOWN or says_a_secret(problem)


def _holds_back(problem: Problem) -> bool:
    """Whether a problem is about what nobody may see, or of which nobody knows that."""
    return says_or_may_say(problem) or (problem.severity is Severity.ERROR and problem.code in UNFINISHED)


def in_order(problems: Iterable[Problem]) -> tuple[Problem, ...]:
    """Sort problems by place; the same one is told once."""
    return tuple(sorted(dict.fromkeys(problems), key=lambda problem: (problem.place, problem.code, problem.text)))
