from .templated import proves, views

FAULTY_VIEWS = {
    "a pattern that leaves tags": views("""\
WORDS = re.compile(r'[^\\w<>]+')
@bp.get('/')
def index():
    return render_template_string('{{ b }}', b=Markup('<b>' + WORDS.sub('', request.args['q']) + '</b>'))  # SF404
"""),
    "markup +": views("""\
@bp.get('/')
def index():
    return render_template_string('{{ b }}', b=Markup('<b>' + request.args['q'] + '</b>'))  # SF404
"""),
    "markup %": views("""\
@bp.get('/')
def index():
    return render_template_string('{{ b }}', b=Markup('<b>%s</b>' % request.args['q']))  # SF404
"""),
    "only filled when it is empty": views("""\
@bp.get('/')
def index():
    name = session.get('name')
    if not name:
        name = request.args['name']
        flash(Markup(f'<b>{name}</b>'))  # SF404
    return {}
"""),
    "markup join in": views("""\
@bp.get('/')
def index():
    return render_template_string('{{ b }}', b=Markup('<br>'.join(request.args.getlist('q'))))  # SF404
"""),
    "markup markdown": views("""\
@bp.get('/')
def index():
    import markdown
    return render_template_string('{{ b }}', b=Markup(markdown.markdown(request.args['q'])))  # SF404
"""),
    "markup markdown, cleaned too early": views("""\
import markdown, nh3
MD = markdown.Markdown(extensions=['tables'])
@bp.get('/')
def index():
    text = nh3.clean(request.args['q'])
    return render_template_string('{{ b }}', b=Markup(MD.convert(text)))  # SF404
"""),
    "cut by a pattern": views("""\
LINE = re.compile(r'\\s*;\\s*')
@bp.get('/')
def index():
    first, *_ = LINE.split(request.args['q'])
    return render_template_string('{{ b }}', b=Markup('<b>' + first))  # SF404
"""),
    "filter nl2br": views("""\
@bp.app_template_filter()
def nl2br(value):
    return Markup(value.replace('\\n', '<br>'))  # SF404
"""),
    "global": views("""\
@bp.app_template_global()
def icon(name):
    return Markup(f'<i class={name}></i>')  # SF404
"""),
    "add_template_filter": views("""\
def hl(value):
    return Markup('<mark>' + value + '</mark>')  # SF404
def init(app):
    app.add_template_filter(hl, 'hl')
"""),
    "jinja_env.filters": views("""\
def hl(value):
    return Markup('<mark>' + value + '</mark>')  # SF404
def init(app):
    app.jinja_env.filters['hl'] = hl
"""),
    "flash": views("""\
@bp.post('/')
def index():
    flash(Markup(f"Hi {request.form['n']}"))  # SF404
    return redirect('/')
"""),
    "dunder": views("""\
class N:
    def __init__(self, t):
        self.t = t
    def __html__(self):
        return '<b>' + self.t + '</b>'  # SF404
@bp.get('/')
def i():
    return render_template_string('{{ n }}', n=N(request.args['t']))
"""),
    "markup class sub": views("""\
class Html(Markup):
    pass
@bp.get('/')
def i():
    return render_template_string('{{ b }}', b=Html('<b>' + request.args['q']))  # SF404
"""),
    "markup format inner": views("""\
@bp.get('/')
def index():
    return render_template_string('{{ b }}', b=Markup('<b>{}</b>'.format(request.args['q'])))  # SF404
"""),
    "Markup then replace": views("""\
TPL='<b>{n}</b>'
@bp.get('/')
def index():
    return render_template_string('{{ b }}', b=Markup(TPL.replace('{n}', request.args['q'])))  # SF404
"""),
    "unescape": views("""\
@bp.get('/')
def index():
    return render_template_string('{{ b }}', b=Markup(escape(request.args['q']).unescape()))  # SF404
"""),
    "helper in module": views(
        """\
from .ui import badge
@bp.get('/')
def i():
    return render_template_string('{{ b }}', b=badge(request.args['q'], kind='x'))
""",
        **{
            "ui": """\
from markupsafe import Markup
def badge(label, *, kind):
    parts = ['<b class="', kind, '">', label, '</b>']
    return Markup(''.join(parts))  # SF404
"""
        },
    ),
    "a field": views("""\
from flask_wtf import FlaskForm
from wtforms import IntegerField, StringField
class Named(FlaskForm):
    name = StringField()
    age = IntegerField()
@bp.post('/')
def index():
    form = Named()
    flash(Markup('<b>' + form.name.data))  # SF404
    flash(Markup('<b>' + form.age.data))
    return {}
"""),
    "the widget of a class of fields": views(
        "from .fields import TagsField\n",
        fields="""\
from markupsafe import Markup
from wtforms import StringField
class Chips:
    css = 'chips'
    def __call__(self, field, **kwargs):
        return Markup('<div id="%s" class="%s">%s</div>' % (field.id, self.css, field._value()))  # SF404
class Framed(Chips):
    css = 'framed chips'
class TagsField(StringField):
    widget = Framed()
""",
    ),
    "a widget that is a function": views("""\
import wtforms
def shown(field, **kwargs):
    text = ', '.join(field.data or [])
    return Markup('<output>' + text + '</output>')  # SF404
class Search(wtforms.Form):
    words = wtforms.FieldList(wtforms.StringField(), widget=shown)
"""),
    "finalize": views("""\
def trusted(value):
    if value is None:
        return ''
    return Markup(value)  # SF404
pages = jinja2.Environment(autoescape=True, finalize=trusted)
"""),
    "finalize, later": views("""\
def trusted(value):
    return Markup('' if value is None else value)  # SF404
def init(app):
    app.jinja_env.finalize = trusted
"""),
    "what validators say of a field": views("""\
from flask_wtf import FlaskForm
from wtforms import StringField, ValidationError
class Named(FlaskForm):
    name = StringField()
    def validate_name(self, field):
        raise ValidationError(f'{field.data} {request.form["name"]} is taken')
@bp.post('/')
def index():
    return {'errors': Markup(Named().errors)}  # SF404
"""),
    "under a key of an attribute": views("""\
@bp.post('/')
def rename():
    load(1).meta['name'] = request.form['name']
    return {}
@bp.get('/')
def index():
    return Markup(f"<b>{load(2).meta['name']}</b>")  # SF404
"""),
}

FINE_VIEWS = {
    "markup % after": views("""\
@bp.get('/')
def index():
    return render_template_string('{{ b }}', b=Markup('<b>%s</b>') % request.args['q'])
"""),
    "markup + after": views("""\
@bp.get('/')
def index():
    return render_template_string('{{ b }}', b=Markup('<b>') + request.args['q'])
"""),
    "markup join": views("""\
@bp.get('/')
def index():
    return render_template_string('{{ b }}', b=Markup('<br>').join(request.args.getlist('q')))
"""),
    "markup escape in": views("""\
@bp.get('/')
def index():
    return render_template_string('{{ b }}', b=Markup('<b>' + escape(request.args['q']) + '</b>'))
"""),
    "markup nh3": views("""\
@bp.get('/')
def index():
    import nh3
    return render_template_string('{{ b }}', b=Markup(nh3.clean(request.args['q'])))
"""),
    "markup bleach": views("""\
@bp.get('/')
def index():
    import bleach
    return render_template_string('{{ b }}', b=Markup(bleach.clean(request.args['q'], tags=['b'])))
"""),
    "markup markdown of a file of ours": views("""\
import markdown
@bp.get('/<name>')
def index(name):
    with open(os.path.join(current_app.root_path, 'texts', f'{name}.md')) as file:
        return render_template_string('{{ b }}', b=Markup(markdown.markdown(file.read())))
"""),
    "markup markdown, which knows harmful links": views("""\
import mistune, nh3
@bp.get('/')
def index():
    return render_template_string('{{ b }}', b=Markup(mistune.html(nh3.clean(request.args['q']))))
"""),
    "cut by a pattern, escaped": views("""\
LINE = re.compile(r'\\s*;\\s*')
@bp.get('/')
def index():
    return render_template_string('{{ b }}', b=Markup('<hr>'.join(LINE.split(escape(request.args['q'])))))
"""),
    "a pattern that the client chose": views("""\
@bp.get('/')
def index():
    return render_template_string('{{ b }}', b=Markup(' '.join(re.compile(request.args['q']).split('<b>a</b>'))))
"""),
    "markup markdown nh3": views("""\
@bp.get('/')
def index():
    import markdown, nh3
    return render_template_string('{{ b }}', b=Markup(nh3.clean(markdown.markdown(request.args['q']))))
"""),
    "filter nl2br ok": views("""\
@bp.app_template_filter()
def nl2br(value):
    return Markup('<br>').join(escape(value).splitlines())
"""),
    "filter nl2br ok2": views("""\
@bp.app_template_filter('nl2br')
def nl2br(value):
    return Markup(escape(value).replace('\\n', Markup('<br>')))
"""),
    "dunder ok": views("""\
class N:
    def __init__(self, t):
        self.t = t
    def __html__(self):
        return Markup('<b>{}</b>').format(self.t)
@bp.get('/')
def i():
    return render_template_string('{{ n }}', n=N(request.args['t']))
"""),
    "dunder esc at ctor": views("""\
class N:
    def __init__(self, t):
        self.t = escape(t)
    def __html__(self):
        return '<b>' + self.t + '</b>'
@bp.get('/')
def i():
    return render_template_string('{{ n }}', n=N(request.args['t']))
"""),
    "helper in module kind": views(
        """\
from .ui import badge
@bp.get('/')
def i():
    return render_template_string('{{ b }}', b=badge(request.args['q'], kind='x'))
""",
        **{
            "ui": """\
from markupsafe import Markup, escape
def badge(label, *, kind):
    parts = ['<b class="', kind, '">', escape(label), '</b>']
    return Markup(''.join(parts))
"""
        },
    ),
    "a field that was put right": views("""\
import re
from flask_wtf import FlaskForm
from wtforms import StringField
class Named(FlaskForm):
    name = StringField()
    def validate_name(self, field):
        self.name.data = re.sub(r'[^a-z]', '', field.data)
        flash(Markup('<b>' + self.name.data))
"""),
    "widgets of numbers, with what the form names itself, escaped": views("""\
from wtforms import FileField, Form, IntegerField, StringField
from wtforms.widgets import html_params
class Slider:
    def __call__(self, field, **kwargs):
        return Markup(f'<input id="{field.id}" value="{field.data}">')
def label(field, **kwargs):
    return Markup(f'<label for="{field.id}" {html_params(title=field.data)}>{escape(field._value())}</label>')
class Uploaded:
    def __call__(self, field, **kwargs):
        return Markup(f'<output>{field.data.length // 1024} kB</output>')
class Search(Form):
    price = IntegerField(widget=Slider())
    photo = FileField(widget=Uploaded())
    words = StringField(widget=label)
"""),
    "finalize, of its own texts": views("""\
NOTHING = Markup('<i>none</i>')
def shown(value):
    if isinstance(value, bool):
        return Markup('<b>yes</b>' if value else '<b>no</b>')
    return NOTHING if value is None else value
def init(app):
    app.jinja_options = {'finalize': shown}
"""),
    "what validators say of themselves": views("""\
from flask_wtf import FlaskForm
from wtforms import StringField, ValidationError
class Named(FlaskForm):
    name = StringField()
    def validate_name(self, field):
        raise ValidationError('<b>taken</b>')
@bp.post('/')
def index():
    return {'errors': Markup(Named().errors)}
"""),
    "a plugin's own HTML": views("""\
@bp.app_template_global()
def hook(name, **values):
    called = getattr(current_app.plugins, name)
    return Markup(called(**values))
"""),
    "under another key of an attribute": views("""\
@bp.post('/')
def rename():
    load(1).meta['name'] = request.form['name']
    return {}
@bp.get('/')
def index():
    return Markup(f"<b>{load(2).meta['size']}</b>")
"""),
    "a pattern of a class that leaves no tags": views("""\
class Label:
    OTHER = re.compile(r'[^a-z0-9 .:,]+')
    @classmethod
    def of(cls, text):
        return cls.OTHER.sub('_', text)[:20]
@bp.get('/')
def index():
    return {'a': Markup('<b id="%s">' % Label.of(request.args['q'])), 'b': Markup(re.sub('<', '', request.args['r']))}
"""),
    "a way to read entities": views("""\
@bp.post('/')
def index():
    return {'text': Markup(request.form['text']).unescape()}
"""),
}

COLUMN = """\
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy.types import Text, TypeDecorator
db = SQLAlchemy()
class Rich(TypeDecorator):
    impl = Text
{stored}
    def process_result_value(self, value, dialect):
        if not value:
            return value
        return Markup(value)
class Card(db.Model):
    back = db.mapped_column(Rich(200), nullable=True)
    front = db.mapped_column(Text)
"""
SAVED = """\
@bp.post('/')
def save():
    card = Card(front=request.form['front'])
    card.back = {back}
    db.session.add(card)
    return {{}}
"""
CLEANS = """\
    def process_bind_param(self, value, dialect):
        if value is None:
            return value
        import nh3
        return nh3.clean(value)
"""
FAULTY_VIEWS |= {
    "the type of a column": views(
        COLUMN.format(stored="").replace("Markup(value)", "Markup(value)  # SF404")
        + SAVED.format(back="request.form['back']")
    ),
}
FINE_VIEWS |= {
    "the type of a column, cleaned when it is stored": views(
        COLUMN.format(stored=CLEANS) + SAVED.format(back="request.form['back']")
    ),
    "the type of a column that has our texts": views(COLUMN.format(stored="") + SAVED.format(back="'<b>back</b>'")),
}


test_faults, test_look_alikes = proves(FAULTY_VIEWS, FINE_VIEWS)
