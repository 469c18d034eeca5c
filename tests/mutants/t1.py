"""Mistakes of threat T1."""

from . import Mutant

COMPOSE = "    init: true\n"
FACTORY = "src/my_service/__init__.py"
WSGI = "src/my_service/wsgi.py"
GUNICORN = "gunicorn.conf.py"
CMD = 'CMD ["gunicorn"]'
RETURN = "    return app\n"
PRELOAD = "preload_app = False"

MUTANTS: list[Mutant] = [
    Mutant("SF101", "Dockerfile", CMD, 'CMD ["flask", "--app", "my_service", "run", "--host", "0.0.0.0"]'),
    Mutant("SF101", "Dockerfile", CMD, "CMD exec python -m flask --app my_service run --port 8000"),
    Mutant("SF101", "Dockerfile", CMD, 'ENTRYPOINT ["flask", "--app", "my_service"]\nCMD ["run"]', 'CMD ["run"]'),
    Mutant("SF101", "compose.yaml", COMPOSE, f"{COMPOSE}    command: flask run -h 0.0.0.0\n", "command: flask"),
    Mutant("SF101", "compose.yaml", COMPOSE, f'{COMPOSE}    entrypoint: [sh, -c, "flask run"]\n', "entrypoint:"),
    Mutant("SF102", WSGI, "    app = create_app()", "    app = create_app()\n    app.run()", "app.run()"),
    Mutant("SF102", FACTORY, RETURN, f'    app.run(host="0.0.0.0")\n{RETURN}'),
    Mutant("SF102", FACTORY, RETURN, f'    getattr(app, "run")("::", 8000)\n{RETURN}'),
    Mutant(
        "SF102",
        FACTORY,
        RETURN,
        f'    from werkzeug.serving import run_simple\n\n    run_simple("", 80, app)\n{RETURN}',
        'run_simple("", 80',
    ),
    Mutant(
        "SF102",
        FACTORY,
        RETURN,
        f'    __import__("threading").Thread(target=app.run, kwargs={{"host": "0.0.0.0"}}).start()\n{RETURN}',
    ),
    Mutant("SF102", FACTORY, RETURN, f'    __import__("functools").partial(app.run, host="0.0.0.0")()\n{RETURN}'),
    Mutant(
        "SF102",
        GUNICORN,
        PRELOAD,
        f'{PRELOAD}\n__import__("os").system("flask --app my_service run -h 0.0.0.0")',
        "flask --app",
    ),
]
