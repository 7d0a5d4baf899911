"""Jobs of other programs become sources: what each came to, and all of them written at once."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from crawler.config import Config, Source, load
from crawler.config_writing import Addition, add_sources, follows
from crawler.job_files import jobs_in
from crawler.jobs import Job
from crawler.suggesting import fit_title, suggested_key
from snapshots.records import Read, Recipe


@dataclass(frozen=True, slots=True, kw_only=True)
class Carried:
    """What one job came to: a source to be added, or why there is none.

    ``held_as`` is the key of the source that follows its page already.
    """

    file: str
    job: Job
    addition: Addition | None = None
    held_as: str | None = None

    @property
    def is_refused(self) -> bool:
        """Whether the job could not become a source, and no source follows its page."""
        return self.addition is None and self.held_as is None


def import_config(path: Path, files: Sequence[Path], *, is_dry: bool = False) -> list[Carried]:
    """Add what files of jobs follow to a configuration; return what each job came to.

    ``is_dry``: write nothing. What the configuration follows already stays as it is.

    Raises:
        ConfigError: the configuration or a file cannot be used; then nothing is written.
    """
    config = load(path)
    jobs = [(file.name, job) for file in files for job in jobs_in(file)]
    carried = carry(config, jobs)
    additions = [each.addition for each in carried if each.addition]
    if additions and not is_dry:
        add_sources(path, additions)
    return carried


def carry(config: Config, jobs: Sequence[tuple[str, Job]]) -> list[Carried]:
    """Return what jobs, each with its file's name, come to beside a configuration's sources.

    Two jobs that follow one page make one source: the first.
    """
    carried = []
    for file, job in jobs:
        if job.url is None or job.refused:
            carried.append(Carried(file=file, job=job))
        elif held := follows(config, job.url):
            carried.append(Carried(file=file, job=job, held_as=held))
        else:
            source = _source(config, job, job.url)
            config = replace(config, sources={**config.sources, source.key: source})
            addition = Addition(source, (_remark(file, job),))
            carried.append(Carried(file=file, job=job, addition=addition))
    return carried


def _source(config: Config, job: Job, url: str) -> Source:
    """A page, read where the job's filters looked: only a look tells whether it is a list."""
    key = suggested_key(url, config.sources)
    recipe = Recipe(read=Read.PAGE, item=job.kept, ignore=job.left_out)
    return Source(
        key=key,
        url=url,
        read=Read.PAGE,
        title=fit_title(job.name or "") or key,
        schedule=job.schedule or "daily",
        confirm=config.crawler.confirm,
        timezone=config.crawler.timezone,
        recipes=(recipe,),
    )


def _remark(file: str, job: Job) -> str:
    lost = f"; not carried over: {', '.join(job.lost)}" if job.lost else ""
    return f"From {file}, {job.place}{lost}."
