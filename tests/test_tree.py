from collections import OrderedDict, namedtuple

from autograd import tree

Point = namedtuple("Point", "x y")
NESTED = {"a": [1.0, (2.0, {"b": 3.0})], "p": Point(4.0, [5.0]), "e": [], 7: None}


def test_leaves_are_in_order_with_their_paths():
    assert list(tree.leaves(NESTED, "t")) == [
        ("t['a'][0]", 1.0),
        ("t['a'][1][0]", 2.0),
        ("t['a'][1][1]['b']", 3.0),
        ("t['p'].x", 4.0),
        ("t['p'].y[0]", 5.0),
        ("t[7]", None),
    ]
    assert list(tree.leaves(1.5, "x")) == [("x", 1.5)]


def test_a_path_is_an_expression_for_the_leaf():
    for path, leaf in tree.leaves(NESTED, "t"):
        assert eval(path, {"t": NESTED}) == leaf


def test_replacing_leaves_keeps_structure_and_types():
    doubled = tree.replace(NESTED, lambda path, leaf: None if leaf is None else 2 * leaf)
    assert doubled["p"] == Point(8.0, [10.0])
    assert type(doubled["p"]) is Point
    assert list(doubled) == list(NESTED)
    ordered = tree.replace(OrderedDict(b=1, a=2), lambda path, leaf: path)
    assert type(ordered) is OrderedDict
    assert list(ordered.items()) == [("b", "['b']"), ("a", "['a']")]
    assert NESTED["a"][0] == 1.0
