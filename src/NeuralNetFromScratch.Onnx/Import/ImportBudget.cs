namespace NeuralNetFromScratch.Onnx;

/// <summary>
/// Limits the memory that a model can make the import allocate. A few bytes can refer to one tensor many times, or request a number for each of a billion
/// features, but a trained network needs only a small multiple of the values in its file.
/// </summary>
/// <param name="storedValues">The number of values in the file.</param>
internal sealed class ImportBudget(long storedValues)
{
    private const int Factor = 8, Allowance = 1 << 20;

    private long _left = Factor * storedValues + Allowance;

    /// <summary>Counts values before they are allocated.</summary>
    /// <exception cref="InvalidDataException">The limit is exceeded.</exception>
    public void Spend(Operation operation, long values)
    {
        _left -= values;
        if (_left < 0)
            throw operation.Refuse($"the network needs many more parameters than the {storedValues} values in the file");
    }
}
