"""What the patient tells becomes lines: complaints and their course, illnesses, medicines, allergies, habits."""
