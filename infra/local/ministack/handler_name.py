"""A worker knows which handler it was started for, as on AWS: functions open at their start what that handler needs."""

_READ = "    os.environ.update(env)\n    sys.path.insert(0, code_dir)"
_NAMED = '    os.environ["_HANDLER"] = f"{module_name}.{handler_name}"\n' + _READ


def naming(script: str) -> str:
    """MiniStack's worker script, setting `_HANDLER`, which it leaves out in workers of Python.

    Raises:
        RuntimeError: the script is not the one this was written for.
    """
    if script.count(_READ) != 1:
        raise RuntimeError("MiniStack's worker script has changed: see infra/local/ministack/handler_name.py")
    return script.replace(_READ, _NAMED)


def install() -> None:
    """Changes MiniStack's worker script. Raises as `naming` does."""
    from ministack.core import lambda_runtime

    lambda_runtime._PYTHON_WORKER_SCRIPT = naming(lambda_runtime._PYTHON_WORKER_SCRIPT)
