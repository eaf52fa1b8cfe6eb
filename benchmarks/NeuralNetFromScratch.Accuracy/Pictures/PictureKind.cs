namespace NeuralNetFromScratch.Published.Pictures;

/// <summary>A digit, and the random numbers of its picture.</summary>
/// <param name="Pixels">[28, 28], 0 to 1.</param>
/// <param name="Random">One stream for each digit and kind.</param>
internal sealed record Subject(float[] Pixels, RandomSource Random)
{
    public float Between(ulong index, float low, float high) => low + (high - low) * (float)Random.Uniform(index);

    public InkPatch Plain(int longSide) => InkPatch.Plain(Pixels, longSide);

    public InkPatch Pen(int longSide, float width) => InkPatch.Drawn(Pixels, longSide, width);
}

/// <summary>A kind of picture that people bring.</summary>
/// <param name="Name">What it is called.</param>
/// <param name="Draw">Draws and encodes a picture.</param>
internal sealed record PictureKind(string Name, Func<Subject, byte[]> Draw);
