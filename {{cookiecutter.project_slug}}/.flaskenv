# Read by the `flask` command alone, which is the developer's. Gunicorn runs the production profile.
FLASK_APP={{ cookiecutter.package_name }}
APP_ENV=development
