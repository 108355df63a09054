import pickle

from apache_beam.options.pipeline_options import DirectOptions, StandardOptions

from newslake.pipelines.runners.beam_options import Options


def test_a_view_is_made_once_and_shares_its_values():
    options = Options(["--direct_num_workers=3"])
    view = options.view_as(DirectOptions)
    assert view.direct_num_workers == 3
    view.direct_num_workers = 2
    options.view_as(StandardOptions).streaming = True
    assert options.view_as(DirectOptions) is view
    assert view.view_as(StandardOptions).streaming
    values = options.get_all_options()
    assert (values["direct_num_workers"], values["streaming"]) == (2, True)


def test_options_survive_the_way_to_a_worker():
    options = Options(["--direct_num_workers=3"])
    options.view_as(DirectOptions).direct_num_workers = 2
    there = pickle.loads(pickle.dumps(options))
    assert there.view_as(DirectOptions).direct_num_workers == 2
