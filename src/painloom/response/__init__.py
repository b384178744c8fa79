"""What each treatment would do: pooling, the hierarchical model, prediction, learning."""
