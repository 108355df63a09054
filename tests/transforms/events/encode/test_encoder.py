"""The forward pass of the encoder, with small weights that are computed here."""

import numpy as np
import pytest

from newslake.transforms.events.encode.encoder import LAYERS, WIDTH, Encoder, distances
from newslake.transforms.events.encode.word_pieces import WordPieces

VOCABULARY = ["<s>", "<pad>", "</s>", "[UNK]", "attack", "##s", "##ed", "peru", "'", "e", "on"]
SENTENCE = ["Peru", "attacked", "on", "Monday"]
INNER = 4 * WIDTH


def weights():
    """Return random weights of each name, the same in each call."""
    random = np.random.default_rng(1)
    shapes = {
        "embeddings.word_embeddings.weight": (len(VOCABULARY), WIDTH),
        "embeddings.position_embeddings.weight": (514, WIDTH),
        "encoder.relative_attention_bias.weight": (32, 12),
    }
    names = ["embeddings"]
    for number in range(max(LAYERS)):
        layer = f"encoder.layer.{number}"
        names += [f"{layer}.attention", f"{layer}.output"]
        shapes |= {f"{layer}.attention.attn.{one}.weight": (WIDTH, WIDTH) for one in "qkvo"}
        shapes |= {f"{layer}.attention.attn.{one}.bias": (WIDTH,) for one in "qkvo"}
        shapes |= {f"{layer}.intermediate.dense.weight": (INNER, WIDTH)}
        shapes |= {f"{layer}.intermediate.dense.bias": (INNER,)}
        shapes |= {f"{layer}.output.dense.weight": (WIDTH, INNER)}
        shapes |= {f"{layer}.output.dense.bias": (WIDTH,)}
    found = {
        name: random.normal(0, 0.05, shape).astype(np.float32) for name, shape in shapes.items()
    }
    for name in names:
        found[f"{name}.LayerNorm.weight"] = np.ones(WIDTH, np.float32)
        found[f"{name}.LayerNorm.bias"] = np.zeros(WIDTH, np.float32)
    return found


@pytest.fixture(scope="module")
def encoder():
    return Encoder(weights(), VOCABULARY)


def test_each_word_has_a_vector_of_the_states_of_its_layers(encoder):
    vectors = encoder.vectors(SENTENCE)
    assert vectors.shape == (len(SENTENCE), len(LAYERS) * WIDTH)
    assert np.allclose(vectors.reshape(-1, WIDTH).mean(axis=1), 0, atol=1e-4)


def test_the_vector_of_a_word_depends_on_its_sentence(encoder):
    one, other = encoder.vectors(SENTENCE)[0], encoder.vectors(["Peru", "on"])[0]
    assert not np.allclose(one, other, atol=1e-3)


def test_a_sentence_that_is_too_long_is_cut_and_each_word_has_a_vector(encoder):
    assert len(encoder.vectors(["attacked"] * 300)) == 300


def test_near_distances_have_a_bias_of_their_own_and_far_ones_share_it():
    found = distances(200)
    assert list(found[0, :8]) == [0, *range(17, 24)]
    assert list(found[7, :8]) == [7, 6, 5, 4, 3, 2, 1, 0]
    assert found[0, 130] == found[0, 199] == 31
    assert found[199, 0] == 15


@pytest.mark.parametrize(
    ("word", "pieces"),
    [
        ("Attacks", ["attack", "##s"]),
        ("attacked", ["attack", "##ed"]),
        ("Péru's", ["peru", "'", "[UNK]"]),
        ("É", ["e"]),
        ("Monday", ["[UNK]"]),
        ("\n", ["[UNK]"]),
    ],
)
def test_a_word_has_the_longest_known_pieces(word, pieces):
    assert [VOCABULARY[one] for one in WordPieces(VOCABULARY).of(word)] == pieces
