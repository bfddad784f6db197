"""A language model in CTranslate2's form with random weights, small enough to be made by a test."""

from pathlib import Path

import ctranslate2
import numpy as np
from tokenizers import Tokenizer, models, pre_tokenizers

WIDTH, HEADS, INNER = 16, 2, 32
WORDS = ["<unk>", "<|im_start|>", "<|im_end|>", "system", "user", "assistant", "knee", "hurts", "Yes", "No", "go"]


def _linear(spec, rows: int, columns: int, random: np.random.Generator) -> None:
    spec.weight = random.standard_normal((rows, columns)).astype(np.float32)


def make_tiny_model(made: Path) -> Path:
    """Write a converted model of one layer to a folder and return it."""
    random = np.random.default_rng(7)
    spec = ctranslate2.specs.TransformerDecoderModelSpec.from_config(
        1,
        HEADS,
        pre_norm=True,
        rms_norm=True,
        ffn_glu=True,
        activation=ctranslate2.specs.Activation.SWISH,
        rotary_dim=0,
        rotary_interleave=False,
    )
    decoder = spec.decoder
    decoder.embeddings.weight = random.standard_normal((len(WORDS), WIDTH)).astype(np.float32)
    decoder.scale_embeddings = False
    decoder.layer_norm.gamma = np.ones(WIDTH, np.float32)
    _linear(decoder.projection, len(WORDS), WIDTH, random)
    (layer,) = decoder.layer
    layer.self_attention.layer_norm.gamma = layer.ffn.layer_norm.gamma = np.ones(WIDTH, np.float32)
    _linear(layer.self_attention.linear[0], 3 * WIDTH, WIDTH, random)
    _linear(layer.self_attention.linear[1], WIDTH, WIDTH, random)
    _linear(layer.ffn.linear_0, INNER, WIDTH, random)
    _linear(layer.ffn.linear_0_noact, INNER, WIDTH, random)
    _linear(layer.ffn.linear_1, WIDTH, INNER, random)
    spec.register_vocabulary(WORDS)
    spec.config.bos_token = spec.config.eos_token = "<|im_end|>"
    spec.config.unk_token = "<unk>"
    spec.validate()
    spec.save(str(made))
    tokenizer = Tokenizer(models.WordLevel({word: n for n, word in enumerate(WORDS)}, unk_token="<unk>"))
    tokenizer.add_special_tokens(["<|im_start|>", "<|im_end|>"])
    tokenizer.pre_tokenizer = pre_tokenizers.Whitespace()
    tokenizer.save(str(made / "tokenizer.json"))
    return made
