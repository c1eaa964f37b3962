"""How the tests themselves are run."""


def test_warnings_are_errors(pytestconfig):
    assert pytestconfig.getini("filterwarnings")[0] == "error"
    assert pytestconfig.getini("strict_markers") or "--strict-markers" in pytestconfig.getini("addopts")
