"""Statements and documents in the forms that other tools take: one module a format. See docs/exports.md."""
