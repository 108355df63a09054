"""The description of the HTTP API, as OpenAPI 3.1."""

from typing import Any

from newslake import __version__
from newslake.pipelines.serving.listings import LISTINGS
from newslake.pipelines.serving.parameters import CONFIDENCE, ID, OF_EVENT, SQL, Parameter
from newslake.pipelines.serving.query_request import Problem

STATUS = {
    Problem.INVALID: 400,
    Problem.REFUSED: 403,
    Problem.ABSENT: 404,
    Problem.GONE: 410,
    Problem.TIME: 422,
    Problem.MEMORY: 422,
    Problem.SIZE: 422,
    Problem.FAILED: 500,
    Problem.BUSY: 503,
    Problem.MISSING: 503,
}
"""The HTTP status of each kind of error."""

_MEANINGS = {
    304: "The lake has not changed since the ETag in If-None-Match.",
    400: "A parameter or the SQL is wrong.",
    401: "The token is missing or wrong.",
    403: "The request, or the SQL, is not allowed.",
    404: "The lake has no such article or event.",
    405: "The method is not allowed.",
    410: "The lake was compacted or changed; read the list from its first page again.",
    413: "The body is too large.",
    415: "The body is not JSON.",
    422: "The query exceeds a limit of time, memory or bytes.",
    500: "The lake cannot be read.",
    503: "Other queries are running; try again after the time in Retry-After.",
}
_COUNT = {"type": "integer", "minimum": 0}
_TEXT = {"type": "string"}
_ROWS = {"type": "array", "items": {"type": "object"}}
SCHEMAS: dict[str, Any] = {
    "Error": {
        "type": "object",
        "required": ["error", "message"],
        "properties": {"error": _TEXT, "message": _TEXT},
    },
    "Page": {
        "type": "object",
        "required": ["log_entry", "total", "undated", "next", "rows"],
        "properties": {
            "log_entry": {**_COUNT, "description": "Number of the log entry that the page shows."},
            "total": {**_COUNT, "description": "Number of rows of all pages."},
            "undated": {
                "type": ["integer", "null"],
                "description": "Number of rows without a day, which `from` and `to` leave out.",
            },
            "next": {"type": ["string", "null"], "description": "Cursor of the next page."},
            "rows": _ROWS,
        },
    },
    "One": {"type": "object", "required": ["log_entry"], "properties": {"log_entry": _COUNT}},
    "Result": {
        "type": "object",
        "required": ["log_entry", "columns", "types", "rows", "more"],
        "properties": {
            "log_entry": _COUNT,
            "columns": {"type": "array", "items": _TEXT},
            "types": {"type": "array", "items": _TEXT},
            "rows": {"type": "array", "items": {"type": "array"}},
            "more": {"type": "boolean", "description": "Whether there are further rows."},
        },
    },
    "Query": {
        "type": "object",
        "required": ["sql"],
        "additionalProperties": False,
        "properties": {
            "sql": {**SQL.schema, "minLength": 1},
            "confidence": {**CONFIDENCE.schema, "description": CONFIDENCE.about},
        },
    },
}


def openapi(needs_token: bool) -> dict[str, Any]:
    """Return the description of the API; `needs_token` says whether requests need a token."""
    paths: dict[str, Any] = {}
    for name, listing in LISTINGS.items():
        parameters = [_in_query(one, about) for one, about in listing.parameters.items()]
        paths[f"/api/{name}"] = {"get": _operation(name, listing.about, "Page", parameters)}
    for name in ("articles", "events"):
        id = {"name": "id", "in": "path", "required": True, "schema": dict(ID.schema)}
        about = f"One of the {name}, with what belongs to it."
        known = OF_EVENT if name == "events" else {}
        parameters = [id, *(_in_query(one, known[one]) for one in known)]
        operation = _operation(f"one_of_{name}", about, "One", parameters)
        paths[f"/api/{name}/{{id}}"] = {"get": operation}
    query = _operation("query", "The rows of one SELECT in the SQL of DuckDB.", "Result", [])
    query["requestBody"] = {"required": True, "content": _json("Query")}
    paths["/api/query"] = {"post": query}
    token = {"token": {"type": "http", "scheme": "bearer"}}
    return {
        "openapi": "3.1.0",
        "info": {"title": "newslake", "version": __version__},
        "paths": paths,
        "components": {"schemas": SCHEMAS, **({"securitySchemes": token} if needs_token else {})},
        **({"security": [{"token": []}]} if needs_token else {}),
    }


def _in_query(name: str, parameter: Parameter) -> dict[str, Any]:
    return {
        "name": name,
        "in": "query",
        "description": parameter.about,
        "schema": dict(parameter.schema),
    }


def _operation(id: str, about: str, result: str, parameters: list[Any]) -> dict[str, Any]:
    responses: dict[str, Any] = {
        str(status): {"description": meaning}
        | ({} if status == 304 else {"content": _json("Error")})
        for status, meaning in _MEANINGS.items()
    }
    responses["200"] = {"description": about, "content": _json(result)}
    return {
        "operationId": id,
        "summary": about,
        "parameters": parameters,
        "responses": responses,
    }


def _json(schema: str) -> dict[str, Any]:
    return {"application/json": {"schema": {"$ref": f"#/components/schemas/{schema}"}}}
