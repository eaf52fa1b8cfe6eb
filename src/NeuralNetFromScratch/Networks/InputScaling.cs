namespace NeuralNetFromScratch;

/// <summary>
/// How raw numbers, such as the bytes of a picture, became a network's input: <c>(raw · Scale − Mean) / StandardDeviation</c>. A network
/// does not do this itself (a <see cref="Standardize"/> layer does); it keeps the note, so that whoever gets the model knows.
/// </summary>
/// <param name="Scale">Factor; 1/255 for bytes.</param>
/// <param name="Mean">What is subtracted.</param>
/// <param name="StandardDeviation">What is divided by; positive.</param>
public sealed record InputScaling(float Scale = 1, float Mean = 0, float StandardDeviation = 1)
{
    /// <summary>Turns bytes into a network's input.</summary>
    /// <param name="raw">The bytes.</param>
    /// <param name="input">Receives as many numbers.</param>
    /// <exception cref="ArgumentException">The lengths differ.</exception>
    public void Apply(ReadOnlySpan<byte> raw, Span<float> input)
    {
        if (raw.Length != input.Length)
            throw new ArgumentException($"expected room for {raw.Length} numbers, got {input.Length}", nameof(input));
        for (int i = 0; i < raw.Length; i++)
            input[i] = (raw[i] * Scale - Mean) / StandardDeviation;
    }
}
