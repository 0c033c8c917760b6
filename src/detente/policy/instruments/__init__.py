"""What a scenario's law is to the economy: duties, fees, controls and purchases as one shock."""
