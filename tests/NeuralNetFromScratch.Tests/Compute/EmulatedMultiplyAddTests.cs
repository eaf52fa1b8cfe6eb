using System.Runtime.Intrinsics;
using NeuralNetFromScratch.Compute;

namespace NeuralNetFromScratch.Tests.Compute;

/// <summary>The multiply-add of processors that do not have one is that of those that do.</summary>
public class EmulatedMultiplyAddTests
{
    private static readonly float[] Edges =
    [
        0, -0f, 1, -1, float.Epsilon, -float.Epsilon, 1.17549421e-38f, 1.17549435e-38f, -1.17549435e-38f, float.MaxValue, float.MinValue, float.NaN,
        float.PositiveInfinity, float.NegativeInfinity, 1.0000001f, 0.99999994f, 16777216, 16777215, 0.5f, 1.5f, 5.9604645e-08f, 1.8446744e19f, 5.4210109e-20f, 3.4028233e38f, 1e-23f, 8388609,
    ];

    [Test]
    public void Edges_are_those_of_the_instruction()
    {
        foreach (float left in Edges)
        {
            foreach (float right in Edges)
            {
                foreach (float addend in Edges)
                    Check(left, right, addend);
            }
        }
    }

    [Test]
    public void Random_operands_are_those_of_the_instruction() => Compare(200_000);

    [Test]
    [Explicit("some minutes: 400 million cases")]
    public void Four_hundred_million_operands() => Compare(25_000_000);

    [Test]
    public void The_register_is_the_number_in_each_lane()
    {
        var random = new RandomSource(8);
        for (ulong i = 0; i < 50_000; i++)
        {
            Vector128<float> left = Any(random, 3 * i), right = Any(random, 3 * i + 1), addend = Any(random, 3 * i + 2);
            Vector128<float> actual = EmulatedMultiplyAdd.Of(left, right, addend);
            for (int lane = 0; lane < 4; lane++)
                Assert.That(actual[lane], Is.EqualTo(MathF.FusedMultiplyAdd(left[lane], right[lane], addend[lane])), $"{left[lane]:R} · {right[lane]:R} + {addend[lane]:R}");
        }

        static Vector128<float> Any(RandomSource random, ulong index)
        {
            (ulong low, ulong high) = random.Block(index);
            return Vector128.Create((uint)low, (uint)(low >> 32), (uint)high, (uint)(high >> 32)).AsSingle();
        }
    }

    /// <summary>Sixteen cases of each draw: any bits; near halves of the last place; what nearly cancels; what becomes subnormal or overflows.</summary>
    private static void Compare(int draws)
    {
        var random = new RandomSource(7);
        for (ulong i = 0; i < (ulong)draws; i++)
        {
            (ulong low, ulong high) = random.Block(i);
            float left = Float((uint)low), right = Float((uint)(low >> 32)), any = Float((uint)high);
            float near = Float(0x3F800000u | ((uint)high & 0x7FFFFF)), other = Float(0x3F800000u | ((uint)(low >> 20) & 0x7FFFFF));
            int shift = (int)(high >> 32) % 60;
            float product = (float)((double)near * other), half = MathF.ScaleB(1, -24 - shift % 4), tiny = MathF.ScaleB(near, -20 - shift - 60);
            Check(left, right, any);
            Check(near, other, any);
            Check(near, other, -product);
            Check(near, other, MathF.BitIncrement(-product));
            Check(near, other, product);
            Check(near, half, other);
            Check(1, half, near);
            Check(1, -half, near);
            Check(1 + MathF.ScaleB(1, -(shift % 23) - 1), half, near);
            Check(MathF.BitIncrement(1), MathF.ScaleB(1, -24 - shift), near);
            Check(near, tiny, other);
            Check(near, -tiny, -MathF.ScaleB(1, shift % 3));
            Check(MathF.ScaleB(near, -75), MathF.ScaleB(other, -70 - shift % 8), MathF.ScaleB(near, -126 - shift % 24));
            Check(MathF.ScaleB(near, -75), MathF.ScaleB(-other, -73), MathF.ScaleB(product, -148));
            Check(MathF.ScaleB(near, 64), MathF.ScaleB(other, 63), -MathF.ScaleB(product, 127));
            Check(MathF.ScaleB(near, 64), other, MathF.ScaleB(product, 60 + shift % 8));
        }
    }

    private static float Float(uint bits) => BitConverter.UInt32BitsToSingle(bits);

    private static void Check(float left, float right, float addend)
    {
        float expected = MathF.FusedMultiplyAdd(left, right, addend), actual = EmulatedMultiplyAdd.Of(left, right, addend);
        if (BitConverter.SingleToInt32Bits(actual) != BitConverter.SingleToInt32Bits(expected) && !(float.IsNaN(actual) && float.IsNaN(expected)))
            Assert.Fail($"{left:R} · {right:R} + {addend:R} is {actual:R}, expected {expected:R}");
    }
}
