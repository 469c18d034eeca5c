"""Mistakes of threat T4."""

from . import Mutant

PACKAGE = "src/my_service"
JINJA = f"{PACKAGE}/security/templates.py"
NOTES = f"{PACKAGE}/notes/views.py"
NOTES_PAGE = f"{PACKAGE}/notes/templates/notes/index.html"
HOME = f"{PACKAGE}/home/views.py"
HOME_PAGE = f"{PACKAGE}/home/templates/home/index.html"
ERROR_PAGE = f"{PACKAGE}/templates/error.html"
BASE = f"{PACKAGE}/templates/base.html"

ITEM = "  <li>{{ note.text }}</li>\n"
FRONT = 'return render_template("home/index.html")'
LIST = 'return render_template("notes/index.html", notes=read(), wrong={})'
ADDED = 'kept = {"text": note.text}'

MUTANTS: list[Mutant] = [
    # template source and names
    Mutant("SF401", NOTES, LIST, 'return __import__("flask").render_template_string("<p>" + read()[0]["text"])'),
    Mutant("SF401", NOTES, LIST, 'return __import__("jinja2").Template(f"<p>{read()}", autoescape=True).render()'),
    Mutant("SF402", NOTES, LIST, 'return render_template(f"notes/{read()[0]}.html", notes=read(), wrong={})'),
    Mutant("SF402", HOME_PAGE, "{% block main %}\n", "{% block main %}\n{% include request.args.part %}\n", "include"),
    # escaping switched off
    Mutant("SF403", JINJA, '"autoescape": True', '"autoescape": False', "app.jinja_options"),
    Mutant("SF403", JINJA, '"autoescape": True', '"autoescape": lambda name: name == "a.txt"', "app.jinja_options"),
    Mutant("SF403", JINJA, '    del app.jinja_env.globals["config"]\n', "    app.jinja_env.autoescape = False\n"),
    # text declared to be markup
    Mutant("SF404", NOTES, ADDED, 'kept = {"text": __import__("markupsafe").Markup(f"<b>{note.text}</b>")}'),
    # pages without a template
    Mutant("SF405", NOTES, LIST, 'return "<ul>" + "".join(note["text"] for note in read())'),
    Mutant("SF405", NOTES, "return add(inputs.from_json(Note)), 201", "return inputs.from_json(Note).text, 201"),
    # values in the wrong place of a page
    Mutant("SF406", NOTES_PAGE, ITEM, "  <li>{{ note.text|safe }}</li>\n"),
    Mutant("SF406", NOTES_PAGE, ITEM, "  <li>{% autoescape false %}{{ note.text }}{% endautoescape %}</li>\n"),
    Mutant("SF406", HOME_PAGE, "<h1>{{ service }} is", "<h1>{{ request.args.hello|safe }} is"),
    Mutant("SF406", ERROR_PAGE, "<h1>{{ error.name }}</h1>", "<h1>{{ request.path|safe }}</h1>"),
    Mutant("SF407", NOTES_PAGE, ITEM, "  <li title={{ note.text }}>{{ note.text }}</li>\n"),
    Mutant("SF407", NOTES_PAGE, ITEM, '  <li data-note="{{ note|tojson }}">{{ note.text }}</li>\n'),
    Mutant("SF408", NOTES_PAGE, ITEM, '  <li><a href="{{ note.text }}">{{ note.text }}</a></li>\n'),
    Mutant("SF408", BASE, "<a href=\"{{ url_for('home.index') }}\">", '<a href="{{ request.args.back }}">'),
    Mutant("SF409", NOTES_PAGE, ITEM, "  <li onclick=\"show('{{ note.text }}')\">{{ note.text }}</li>\n"),
    Mutant("SF409", NOTES_PAGE, ITEM, '  <li style="color: {{ note.text }}">{{ note.text }}</li>\n'),
    Mutant("SF409", BASE, "</body>", "<script>const q = `{{ request.args.q }}`</script></body>"),
]
