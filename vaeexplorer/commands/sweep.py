"""sweep: what trains the shipped models over beta."""

from vaeexplorer.commands.console import progress


def sweep(workers: int | None = None, on: str = "local") -> None:
    """Train what is missing of the shipped sweep over beta: 48 small VAEs, one file each. Needs the full data sets.

    A sweep that was stopped goes on where it was; delete pretrained/sweep/ to train all of it anew.

    Args:
        workers: models that train side by side, one thread each; by default one
        on: local, or a cluster whose workers have the package and the data: dask://HOST:PORT or ray
    """
    from vaeexplorer.recipes.sweep import measure, rebuild
    from vaeexplorer.results.sweep import CONFIGS, path_of

    with progress(len(CONFIGS), "models over beta") as bar:
        for config in rebuild(workers=workers, on=on):
            bar(1, path_of(config).stem)
    with progress(len(CONFIGS), "codes against the prior, effects") as bar:
        for config in measure():
            bar(1, path_of(config).stem)
