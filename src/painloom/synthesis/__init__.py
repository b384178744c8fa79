"""What the findings say together: clinical grades, red flags, pain codes and sensory tests."""
