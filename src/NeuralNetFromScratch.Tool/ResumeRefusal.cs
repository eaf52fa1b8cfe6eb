namespace NeuralNetFromScratch.Tool;

/// <summary>Names the options of the command line that differ from those of a checkpoint.</summary>
internal static class ResumeRefusal
{
    private static readonly (string Entry, string Options)[] Names =
    [
        ("epochs", "--epochs"), ("seed", "--seed"), ("batch size", "--batch-size"), ("optimizer", "--optimizer, --learning-rate or --momentum"), ("network", "--hidden"), ("loss", "--recipe"),
        ("schedule", "--recipe"), ("shuffle", "--recipe"),
    ];

    /// <summary>Resumes a training.</summary>
    /// <exception cref="InvalidDataException">The checkpoint is malformed, or has other options, which the message names.</exception>
    public static TrainingHistory Explain(Func<TrainingHistory> resume)
    {
        try
        {
            return resume();
        }
        catch (InvalidDataException exception)
        {
            string[] options = [.. Names.Where(name => exception.Message.Contains($"; {name.Entry}: the checkpoint has", StringComparison.Ordinal)).Select(name => name.Options).Distinct()];
            if (options.Length == 0)
                throw;
            throw new InvalidDataException($"{exception.Message}. Give {string.Join(", ", options)} as in the first run, name another --checkpoint, or delete this one.", exception);
        }
    }
}
