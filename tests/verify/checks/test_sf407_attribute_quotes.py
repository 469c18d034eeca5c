from .templated import page, proves

FAULTY_PAGES = {
    "unq": page("<a class={{ x }}>a</a> {# SF407 #}"),
    "unq mid": page("<a id=a-{{ x }}>a</a> {# SF407 #}"),
    "attr name": page("<a {{ x }}=1> {# SF407 #}"),
    "attr unq in if": page("<a {% if x %}title={{ x }}{% endif %}>a</a> {# SF407 #}"),
    "onclick tojson dq": page('<a onclick="f({{ x|tojson }})">a</a> {# SF407 #}'),
    "after comment": page("<!-- it's --><a href={{ x }}> {# SF407 #}"),
    "unquoted src order": page('<a class="b" href={{ x }}>a</a> {# SF407 #}'),
    "tojson dq dict": page("<div data-x=\"{{ {'a': x}|tojson }}\"></div> {# SF407 #}"),
    "names of attributes": page("<input{{ a|xmlattr }}> {# SF407 #}", "a={'type': 'text', **request.args}"),
    "a name of an attribute": page("<input{{ a|xmlattr }}> {# SF407 #}", "a={request.args['a']: 'b'}"),
}

FINE_PAGES = {
    "unq int": page("<a id=a-{{ x|int }}>a</a>"),
    "unq loop": page("{% for y in x %}<a id=a-{{ loop.index }}>{{ y }}</a>{% endfor %}"),
    "unq py int": page("<a id=a-{{ n }}>{{ x }}</a>", "x=request.args['x'], n=request.args.get('n', 1, type=int)"),
    "unq cond const": page("<option {{ 'selected' if x == 'a' }} value=\"{{ x }}\">a</option>"),
    "xmlattr": page("<a{{ {'title': x}|xmlattr }}>a</a>"),
    "onclick tojson sq": page("<a onclick='f({{ x|tojson }})'>a</a>"),
    "onclick forceescape": page('<a onclick="f({{ x|tojson|forceescape }})">a</a>'),
    "textarea title": page("<title>{{ x }}</title><textarea name=a>{{ x }}</textarea><p>{{ x }}</p>"),
    "tojson int": page('<div data-x="{{ n|tojson }}">{{ x }}</div>', "x=request.args['x'], n=int(request.args['n'])"),
    "values of attributes": page("<input{{ a|xmlattr }}>", "a={'type': 'text', 'value': request.args['x']}"),
    "values of attributes here": page("<input{{ {'type': 'text', 'value': x}|xmlattr }}>"),
}


test_faults, test_look_alikes = proves(FAULTY_PAGES, FINE_PAGES)
