"""FHIR R4 bundles to the nouns of one case; what is not understood is listed, never dropped."""
