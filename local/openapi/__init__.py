"""Makes the API's own description: an OpenAPI document and a page for people, from the code."""
