using Consumer;
using NeuralNetFromScratch;

switch (args)
{
    case []:
        Xor.Run();
        Digits.Run();
        Table.Run();
        return 0;
    case ["start"]:
        Speed.Start();
        return 0;
    case ["epochs", string threads]:
        Speed.Epochs(int.Parse(threads));
        return 0;
    case ["save", string path]:
        new Sequential([4], 1, new Dense(3, Activation.Relu), new Dense(2)).Save(path);
        return 0;
    default:
        Console.Error.WriteLine("usage: Core [start | epochs THREADS | save FILE]");
        return 2;
}
