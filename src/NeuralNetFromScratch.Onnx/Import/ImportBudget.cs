namespace NeuralNetFromScratch.Onnx;

/// <summary>
/// Bounds what a model can make the reader allocate. A few bytes can name one tensor again and again, or ask for a number for each of a
/// billion features; no network that was trained needs more than the values that its file holds several times over.
/// </summary>
/// <param name="storedValues">Values that the file holds.</param>
internal sealed class ImportBudget(long storedValues)
{
    private const int Factor = 8, Allowance = 1 << 20;

    private long _left = Factor * storedValues + Allowance;

    /// <summary>Takes note of values before they are allocated.</summary>
    /// <exception cref="InvalidDataException">There are too many.</exception>
    public void Spend(Operation operation, long values)
    {
        _left -= values;
        if (_left < 0)
            throw operation.Refuse($"the network needs far more parameters than the {storedValues} values that the file holds");
    }
}
