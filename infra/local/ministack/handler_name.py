"""A worker knows which handler it was started for, as on AWS: functions open at their start what that handler needs."""

_READ = "    os.environ.update(env)\n    sys.path.insert(0, code_dir)"
_NAMED = '    os.environ["_HANDLER"] = f"{module_name}.{handler_name}"\n' + _READ


def install() -> None:
    """Has MiniStack's worker script set `_HANDLER`, which it leaves out in workers of Python.

    Raises:
        RuntimeError: the script is not the one this was written for.
    """
    from ministack.core import lambda_runtime

    script = lambda_runtime._PYTHON_WORKER_SCRIPT
    if script.count(_READ) != 1:
        raise RuntimeError("MiniStack's worker script has changed: see infra/local/ministack/handler_name.py")
    lambda_runtime._PYTHON_WORKER_SCRIPT = script.replace(_READ, _NAMED)
