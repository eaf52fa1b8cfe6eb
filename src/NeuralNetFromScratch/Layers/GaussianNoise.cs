using System.Numerics.Tensors;
using System.Runtime.CompilerServices;
using NeuralNetFromScratch.Compute;

namespace NeuralNetFromScratch;

/// <summary>
/// In training, adds normally distributed noise, <c>y = x + σ·n</c>; otherwise the identity. The noise depends only on the training's seed, the
/// step, the sample's index in the step and the value's index. The gradient is passed through unchanged.
/// </summary>
public sealed class GaussianNoise : Layer, IPart<GaussianNoise>
{
    /// <summary>Creates a noise layer.</summary>
    /// <param name="standardDeviation">The standard deviation σ of the noise; not negative.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="standardDeviation"/> is negative or not finite.</exception>
    public GaussianNoise(float standardDeviation)
        : this(new Settings(Kind, new Setting("standardDeviation", standardDeviation)))
    {
    }

    private GaussianNoise(Settings settings)
        : base(settings) => StandardDeviation = Guard.NonNegative(settings.Get<float>("standardDeviation"), "standardDeviation");

    /// <summary>The standard deviation σ of the noise.</summary>
    public float StandardDeviation { get; }

    /// <inheritdoc/>
    public static string Kind => "noise";

    /// <inheritdoc/>
    public static GaussianNoise Create(Settings settings) => new(settings);

    /// <inheritdoc/>
    public override Shape OutputShape(Shape inputShape) => inputShape;

    /// <inheritdoc/>
    public override void Forward(in LayerContext context, ReadOnlyMatrixView input, MatrixView output)
    {
        context.CheckForward(this, input, output, input.Columns);
        if (!context.IsTraining || StandardDeviation == 0)
        {
            input.Span.CopyTo(output.Span);
            return;
        }

        var operation = new AddNoise { X = input, Y = output, Deviation = StandardDeviation, Random = context.Random, SampleOffset = context.SampleOffset };
        context.Engine.ForRows(operation, input.Rows, input.Span.Length, Tuning.NoiseGrain);
    }

    /// <inheritdoc/>
    public override void Backward(
        in LayerContext context, ReadOnlyMatrixView input, ReadOnlyMatrixView output, MatrixView outputGradient, MatrixView inputGradient)
    {
        context.CheckBackward(this, input, output, outputGradient, inputGradient, input.Columns);
        if (inputGradient.Rows > 0)
            outputGradient.Span.CopyTo(inputGradient.Span);
    }
}

/// <summary>
/// Adds normally distributed noise: <c>y = x + deviation·n</c> (Box and Muller 1958, applied to runs of elements). The noise depends only on the
/// random source, the sample's index and the element's index.
/// </summary>
internal ref struct AddNoise : IRowOperation
{
    /// <summary>The number of elements that are drawn together, and the number that one block of random bits yields.</summary>
    private const int RunLength = 256, ElementsOfBlock = 4;

    /// <summary>[rows, columns].</summary>
    public ReadOnlyMatrixView X;
    public MatrixView Y;
    public float Deviation;
    public RandomSource Random;

    /// <summary>The index of the first row's sample in its step.</summary>
    public int SampleOffset;

    [MethodImpl(HotPath.CompileOnce)]
    public readonly void Run<TSimd>(int row)
        where TSimd : struct, ISimd<TSimd>
    {
        int runs = (X.Columns + RunLength - 1) / RunLength;
        Span<float> noise = stackalloc float[RunLength];
        for (int run = 0; run < runs; run++)
        {
            Draw<TSimd>((ulong)(SampleOffset + row) * (ulong)runs + (ulong)run, noise);
            int start = run * RunLength, length = Math.Min(RunLength, X.Columns - start);
            TensorPrimitives.Add(X.Row(row).Slice(start, length), noise[..length], Y.Row(row).Slice(start, length));
        }
    }

    /// <summary>Draws one run: the first half are radii times cosines, the second half radii times sines.</summary>
    [MethodImpl(HotPath.CompileOnce)]
    private readonly void Draw<TSimd>(ulong run, Span<float> noise)
        where TSimd : struct, ISimd<TSimd>
    {
        const int Pairs = RunLength / 2, Blocks = RunLength / ElementsOfBlock;
        Span<float> radius = stackalloc float[Pairs], angle = stackalloc float[Pairs];
        for (int block = 0; block < Blocks; block++)
        {
            (ulong low, ulong high) = Random.Block(run * Blocks + (ulong)block);
            (radius[2 * block], angle[2 * block]) = (UpToOne((uint)low), UpToOne((uint)(low >> 32)));
            (radius[2 * block + 1], angle[2 * block + 1]) = (UpToOne((uint)high), UpToOne((uint)(high >> 32)));
        }

        TSimd factor = TSimd.Broadcast(-2 * Deviation * Deviation);
        for (int pair = 0; pair < Pairs; pair += TSimd.Width)
        {
            TSimd length = TSimd.Sqrt(factor * TSimd.Log(PartialVector.Load<TSimd>(radius, pair)));
            TSimd sine = SimdFunctions.SinCosOfTurns(PartialVector.Load<TSimd>(angle, pair), out TSimd cosine);
            PartialVector.Store(length * cosine, noise, pair);
            PartialVector.Store(length * sine, noise, Pairs + pair);
        }
    }

    /// <summary>Converts 24 random bits to a number in (0, 1].</summary>
    private static float UpToOne(uint bits) => ((bits >> 8) + 1) * (1f / (1 << 24));
}
